"""What a browser reads in a page."""

from html.parser import HTMLParser


class ParsedHtml(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []  # elements and their attributes
        self.texts: list[str] = []
        self.text = ""
        self.feed(str(html))  # no Markup, which would escape what is added to it
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        self.text += data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    @property
    def links(self) -> list[str]:
        return [value for _, has in self.elements for name, value in has.items() if name in {"href", "src"}]

    def find_all(self, tag: str = "", **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of the elements that have the given tag and attributes."""
        want = {name.rstrip("_").replace("_", "-"): value for name, value in wanted.items()}
        return [has for name, has in self.elements if tag in {"", name} and want.items() <= has.items()]

    def find_one(self, tag: str = "", **wanted: str) -> dict[str, str]:
        found = self.find_all(tag, **wanted)
        assert len(found) == 1, f"{len(found)} of {tag} {wanted} in {self.elements}"
        return found[0]
