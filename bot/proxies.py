"""The one way out: which proxy each address is reached through, and the HTTP session that uses it.

The Slack SDK and aiohttp read the proxy variables by rules of their own: the SDK ignores NO_PROXY, and
aiohttp leaves out websockets. So neither gets a proxy, and the session decides for every request.
"""

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
from aiohttp.client_middlewares import ClientHandlerType

SECURE_SCHEMES = {"https", "wss"}
PROXY_SCHEMES = {"http", "https"}
HTTPS_PORT, HTTP_PORT = 443, 80


@dataclass(frozen=True, slots=True)
class Proxies:
    """The operator's proxies; without any, every address is reached directly."""

    https: str = ""
    http: str = ""
    no_proxy: str = ""  # hosts that are reached directly, separated by commas or spaces; "*" for all

    def find_proxy(self, url: str) -> str | None:
        """Return the proxy for an address; None where it is reached directly, as this machine always is.

        Where only one proxy is set, it serves http and https, as in Slack's SDK.
        """
        address = urlsplit(url)
        is_secure = address.scheme in SECURE_SCHEMES
        proxy = (self.https or self.http) if is_secure else (self.http or self.https)
        host = (address.hostname or "").rstrip(".")
        port = address.port or (HTTPS_PORT if is_secure else HTTP_PORT)
        if not proxy or is_this_machine(host) or self._is_exempt(host, port):
            return None
        return proxy

    def _is_exempt(self, host: str, port: int) -> bool:
        patterns = re.split(r"[\s,]+", self.no_proxy)
        return any(_is_covered(host, port, pattern) for pattern in patterns)


def open_session(proxies: Proxies, timeout: timedelta) -> aiohttp.ClientSession:
    """Return a session for all HTTP of a process; `timeout` limits each request."""

    async def choose_proxy(
        request: aiohttp.ClientRequest, handler: ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if proxy := proxies.find_proxy(str(request.url)):
            request.proxy = type(request.url)(proxy)
        return await handler(request)

    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=timeout.total_seconds()), middlewares=(choose_proxy,)
    )


def describe_proxies(proxies: Proxies) -> str:
    """Say how the bot reaches Slack, without the proxy's user name and password."""
    addresses = dict.fromkeys(_hide_credentials(url) for url in (proxies.https, proxies.http) if url)
    return f"through the proxy {' and '.join(addresses)}" if addresses else "without a proxy"


def parse_proxy_address(value: str) -> str:
    """Return the address with a scheme: proxy.example:3128 means http://proxy.example:3128, as for curl.

    Raises ValueError for an address that is none of an HTTP proxy.
    """
    address = value if "://" in value else f"http://{value}"
    parts = urlsplit(address)
    if parts.scheme not in PROXY_SCHEMES or not parts.hostname or parts.port == 0:
        raise ValueError(address)
    return address


def is_this_machine(host: str) -> bool:
    """Say whether a host is this machine: no proxy can reach it."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_covered(host: str, port: int, pattern: str) -> bool:
    """Say whether an entry of NO_PROXY covers a host: by name, parent domain, address or network, or all."""
    if pattern == "*":
        return True
    is_ipv6 = pattern.count(":") > 1 and not pattern.startswith("[")
    try:
        if "/" in pattern:
            return ipaddress.ip_address(host) in ipaddress.ip_network(pattern, strict=False)
        listed = urlsplit(f"//[{pattern}]" if is_ipv6 else f"//{pattern}")
        listed_port = listed.port
    except ValueError:
        return False
    name = (listed.hostname or "").removeprefix("*").lstrip(".")
    return bool(name) and listed_port in {None, port} and (host == name or host.endswith(f".{name}"))


def _hide_credentials(url: str) -> str:
    address = urlsplit(url)
    return address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()
