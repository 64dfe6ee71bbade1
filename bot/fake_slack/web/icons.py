"""The page's own pictographs, drawn as paths: not every machine has a font with these emoji."""

import htpy as h

PATHS = {
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
    "eye": "M2 12c2.4-4.3 5.8-6.5 10-6.5s7.6 2.2 10 6.5c-2.4 4.3-5.8 6.5-10 6.5S4.4 16.3 2 12z"
    "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
    "reply": "M4 5h16v11h-9l-4 4v-4H4z",
}


def render_icon(name: str) -> h.Element:
    """Return an icon as high as the text around it. Screen readers pass over it."""
    return h.svg(".icon", viewBox="0 0 24 24", aria_hidden="true")[h.path(d=PATHS[name])]
