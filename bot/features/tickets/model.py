"""Trackers: read where a team makes its tickets, and build the address of a new one. Pure.

A tracker is an address with {title} and {body} in it. The bot has no token of any tracker: who follows the
address makes the ticket.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from unicode_segmentation_rs import graphemes

from bot.slack.blockkit.text import is_web_address, sanitize

MAX_TRACKER_CHARACTERS = 500
# Slack's limit of a button's address. GitHub takes 8,191 characters, and servers of other trackers take 4,000
# or more.
MAX_TICKET_URL_CHARACTERS = 3000
MAX_TITLE_CHARACTERS = 200  # GitLab and Jira take 255, GitHub 256
MAX_TITLE_SHARE = 0.4  # of an address: the rest is for the text
TITLE, BODY = "{title}", "{body}"
ELLIPSIS = "…"

NOT_A_TRACKER = (
    "Name a GitHub repository, a GitLab project, a Linear team, or an address with {title} and {body} in it."
)
NOT_AN_ADDRESS = "Only a web address can be a tracker, for example https://github.com/acme/shop."
MISPLACED_TITLE = "Put {title} into the address once, after the name of its server, and {body} once at most."

# The parameters of the pages of new tickets. GitHub: docs.github.com, "Creating an issue from a URL query";
# GitLab: docs.gitlab.com, "Using a URL with prefilled values"; Linear: linear.app/docs, "Create issues".
GITHUB_QUERY = f"/issues/new?title={TITLE}&body={BODY}"
GITLAB_QUERY = f"/-/issues/new?issue%5Btitle%5D={TITLE}&issue%5Bdescription%5D={BODY}"
LINEAR_QUERY = f"/new?title={TITLE}&description={BODY}"
_WITHOUT_SCHEME = re.compile(r"[\w-]+(?:\.[\w-]+)+(?:/.*)?")
_LINEAR_TEAM = re.compile(r"(?:^|/)team/([^/]+)")


class InvalidTrackerError(Exception):
    """A text names no tracker; its message says what to do."""


@dataclass(frozen=True, slots=True)
class Tracker:
    """Where a team makes its tickets."""

    name: str  # "GitHub"; "" for an address of the team's own
    template: str  # the address of a new ticket, with {title} and perhaps {body} in it

    @property
    def is_markdown(self) -> bool:
        """Whether its texts are Markdown."""
        return bool(self.name)

    def build_url(self, title: str, body: str, max_characters: int) -> str:
        """Return the address of a new ticket with these texts, which are cut so that it is short enough."""
        room = max_characters - len(self.template)
        encoded_title = encode_within(title[:MAX_TITLE_CHARACTERS], int(MAX_TITLE_SHARE * room))
        encoded_body = encode_within(body, room - len(encoded_title))
        return self.template.replace(TITLE, encoded_title).replace(BODY, encoded_body)


def parse_tracker(text: str) -> Tracker | None:
    """Return the tracker that a text names; None for an empty text. Raises InvalidTrackerError."""
    address = sanitize(text)
    if not address:
        return None
    if _WITHOUT_SCHEME.fullmatch(address):
        address = f"https://{address}"
    parts = _split_address(address)
    if TITLE in address or BODY in address:
        return _read_template(address, parts)
    host, path = parts.hostname or "", parts.path.strip("/")
    origin = f"{parts.scheme}://{parts.netloc}"
    if host in {"linear.app", "linear.new"}:
        team = _LINEAR_TEAM.search(path)
        place = f"/team/{_quote_path(team[1])}" if team else ""
        return Tracker("Linear", f"https://linear.app{place}{LINEAR_QUERY}")
    if "gitlab" in host or "/-/" in parts.path:
        return Tracker("GitLab", f"{origin}/{_read_project(path.partition('/-/')[0])}{GITLAB_QUERY}")
    if "github" in host:
        repository = _read_project("/".join(path.split("/")[:2]).removesuffix(".git"))
        return Tracker("GitHub", f"{origin}/{repository}{GITHUB_QUERY}")
    raise InvalidTrackerError(NOT_A_TRACKER)


def encode_within(text: str, limit: int) -> str:
    """Return a text percent-encoded in at most `limit` characters, never cut within a letter.

    An ellipsis stands for what is left out.
    """
    encoded = quote(text, safe="")
    if len(encoded) <= limit:
        return encoded
    room, kept = limit - len(quote(ELLIPSIS)), list[str]()
    for cluster in graphemes(text, is_extended=True):
        encoded = quote(cluster, safe="")
        room -= len(encoded)
        if room < 0:
            break
        kept.append(encoded)
    return "".join(kept) + quote(ELLIPSIS) if limit >= len(quote(ELLIPSIS)) else ""


def _split_address(address: str) -> SplitResult:
    """Return the parts of a web address. Raises InvalidTrackerError for anything else, or with a password."""
    try:
        parts = urlsplit(address)
        is_server = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise InvalidTrackerError(NOT_AN_ADDRESS) from None
    is_short = len(address) <= MAX_TRACKER_CHARACTERS
    if not is_short or not is_web_address(address) or not is_server or "@" in parts.netloc:
        raise InvalidTrackerError(NOT_AN_ADDRESS)
    return parts


def _read_template(address: str, parts: SplitResult) -> Tracker:
    if address.count(TITLE) != 1 or address.count(BODY) > 1 or {*"{}"} & {*parts.netloc}:
        raise InvalidTrackerError(MISPLACED_TITLE)
    return Tracker("", address)


def _read_project(path: str) -> str:
    """Return the path of a project, which has an owner and a name."""
    names = [name for name in path.split("/") if name]
    if len(names) < 2:
        raise InvalidTrackerError(NOT_A_TRACKER)
    return "/".join(map(_quote_path, names))


def _quote_path(name: str) -> str:
    return quote(name, safe="%")
