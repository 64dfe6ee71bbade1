"""What a browser reads in a page."""

from html.parser import HTMLParser


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: list[tuple[str, dict[str, str]]] = []  # elements and their attributes
        self.texts: list[str] = []
        self.said = ""
        self.feed(str(html))  # no Markup, which would escape what is added to it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.marks.append((tag, {name: value or "" for name, value in attrs}))
        self.said += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        self.said += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.marks}

    @property
    def links(self) -> list[str]:
        return [value for _, has in self.marks for name, value in has.items() if name in {"href", "src"}]

    def all(self, tag: str = "", **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of the elements that have the given tag and attributes."""
        want = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [has for name, has in self.marks if tag in {"", name} and want.items() <= has.items()]

    def one(self, tag: str = "", **wanted: str) -> dict[str, str]:
        found = self.all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of {tag} {wanted} in {self.marks}"
        return found[0]
