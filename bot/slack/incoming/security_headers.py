"""Security headers of every HTTP response, so that browsers run, embed and store nothing of it."""


def build_content_security_policy(*, style_source: str = "") -> str:
    """Return a policy that allows nothing, or only one style sheet, by its hash."""
    style = f"style-src {style_source}; " if style_source else ""
    return f"default-src 'none'; {style}base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


SECURITY_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": build_content_security_policy(),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",  # the URLs of an installation contain a code and a state
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
