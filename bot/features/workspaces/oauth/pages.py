"""The HTML pages that somebody sees who installs the app. Pure."""

import base64
import hashlib
from collections.abc import Mapping

import htpy as h

from bot.slack.incoming.security_headers import SECURITY_HEADERS, build_content_security_policy

STYLE = """
:root { color-scheme: light dark;
  --ink: #1d2129; --soft: #5b6270; --paper: #f5f6f8; --card: #fff; --deep: #1d3557; --button: #1d3557 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #eceef2; --soft: #a7aebb; --paper: #15181d; --card: #1f242b; --deep: #a8c5ea;
    --button: #2f5f9e }
}
* { box-sizing: border-box }
body { margin: 0; padding: 24px; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, Segoe UI, Roboto, sans-serif }
main { max-width: 640px; margin: 6vh auto; padding: 32px; background: var(--card); border-radius: 12px;
  box-shadow: 0 1px 3px rgb(0 0 0 / 18%) }
h1 { margin: 0 0 12px; font-size: 26px; line-height: 1.25; text-wrap: balance }
h2 { margin: 28px 0 8px; font-size: 16px }
p { margin: 0 0 16px }
.button { display: inline-block; padding: 12px 22px; border-radius: 8px;
  background: var(--button); color: #fff; font-weight: 600; text-decoration: none }
.button:hover { text-decoration: underline }
a { color: var(--deep) }
.button:focus-visible, a:focus-visible { outline: 3px solid #e9a23b; outline-offset: 2px }
ul { margin: 0; padding: 0; list-style: none; color: var(--soft); font-size: 14px }
li { padding: 6px 0; border-top: 1px solid rgb(128 128 128 / 25%) }
code { color: var(--ink); font: 13px ui-monospace, SF Mono, Menlo, monospace }
.next { margin: 20px 0 0; color: var(--soft) }
@media (max-width: 480px) { body { padding: 12px } main { margin: 12px auto; padding: 22px } }
"""
STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
PAGE_HEADERS = {
    **SECURITY_HEADERS,
    "content-security-policy": build_content_security_policy(style_source=f"'sha256-{STYLE_HASH}'"),
}
RETRY_URL = "/slack/install"
FAILURE_TEXTS = {
    "access_denied": (
        "Nothing was added",
        "You said no to Slack, or your workspace lets only admins add apps. Nothing is installed or stored.",
    ),
    "invalid_browser": (
        "This link belongs to another browser",
        "Adding an app begins and ends in one browser, with cookies allowed. Begin again in this one.",
    ),
    "invalid_state": (
        "This took too long, or was done before",
        "You have ten minutes from the first page to the last, and each link works once. Begin again.",
    ),
    "storage_error": (
        "I can't store this at the moment",
        "Slack said yes, but my storage did not answer, so I can't work yet. Try again in a few minutes.",
    ),
    "trouble": ("Something went wrong", "It went wrong on my side. Try again in a few minutes."),
    "busy": ("Too many people add me at this moment", "Try again in a minute."),
    "no_answer": (
        "Slack does not answer at the moment",
        "So I could not finish this. Try again in a few minutes.",
    ),
}
OTHER_FAILURE_TEXT = (
    "That did not work",
    "Slack did not accept this link: it works once, and not for long. Begin again.",
)


def build_install_page(
    authorize_url: str, scopes: Mapping[str, str], optional_scopes: Mapping[str, str]
) -> str:
    """Return the first page. Its button leads to `authorize_url`, Slack's own page."""
    return _build_page(
        "Add Value map to Slack",
        h.p[
            "Your team works out its value proposition in its own channel: gather what customers need and "
            "what you offer, vote by reactions, check the fit offer by offer, and get a digest every week."
        ],
        h.p[h.a(".button", href=authorize_url)["Add to Slack"]],
        h.h2["What I ask for, and why"],
        h.ul[
            (
                h.li[h.code[scope], " ", reason, scope in optional_scopes and " (optional)"]
                for scope, reason in scopes.items()
            )
        ],
    )


def build_success_page(workspace: str, app_url: str) -> str:
    """Return the page that confirms the installation, with a link back to Slack."""
    return _build_page(
        f"Value map is in {workspace}" if workspace else "Value map is installed",
        h.p[
            "In the channel of your team, type ",
            h.code["/invite @valuemap"],
            " and then ",
            h.code["/valuemap new NAME for SEGMENT"],
            ".",
        ],
        h.p[h.a(".button", href=app_url)["Open Slack"]],
        h.p(".next")["You can close this page."],
    )


def build_failure_page(reason: str) -> str:
    """Return the page that explains why the installation failed and what to do."""
    title, explanation = FAILURE_TEXTS.get(reason, OTHER_FAILURE_TEXT)
    return _build_page(title, h.p[explanation], h.p[h.a(".button", href=RETRY_URL)["Begin again"]])


def _build_page(title: str, *content: h.Element) -> str:
    return str(
        h.html(lang="en")[
            h.head[
                h.meta(charset="utf-8"),
                h.meta(name="viewport", content="width=device-width, initial-scale=1"),
                h.meta(name="robots", content="noindex"),
                h.meta(name="color-scheme", content="light dark"),
                h.title[title],
                h.style[STYLE],  # it contains nothing that htpy escapes, so that its hash stays right
            ],
            h.body[h.main[h.h1[title], *content]],
        ]
    )
