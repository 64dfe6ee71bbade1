"""Parse entries from Markdown: the bot's own export, and notes from any editor. Pure.

A heading, a line or the head of a column names the kind of what is below it. What has no kind is kept as
unplaced, and headings that name none are listed, so that nothing is left out without a word.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.features.entries.typed_lists import (
    ListReader,
    has_list_mark,
    is_empty,
    split_kind,
    strip_list_mark,
)
from bot.features.exports.markdown_format import DISCUSSIONS_HEADING, EVIDENCE_HEADING, TESTS_HEADING
from bot.features.imports.parsed import Collector, ParseResult, quote_text
from bot.method.evidence import EvidenceState
from bot.method.fit import Cover
from bot.method.kinds import OTHER, Kind, find_kind
from bot.slack.blockkit.markdown import parse_blocks, read_html, read_inline
from bot.slack.blockkit.text import sanitize

if TYPE_CHECKING:
    from markdown_it.token import Token

# A heading, or the line below the head of a table.
_MARKDOWN = re.compile(r"^ {0,3}#{1,6}\s|^ {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:?)? *$", re.MULTILINE)
_LOWEST_LEVEL = 6  # of headings; that of a line that names a kind
# What `exports.markdown_format` writes: its title, an entry's rank, what follows the entry's text, and the
# line of an empty box; the evidence too, which is no entry. Files of earlier versions have numbered lists,
# "not ranked yet", and no words about what serves a need.
_EXPORT_TITLE = "Value map: "
_RANK = re.compile(r"^\*\*[0-9]+\*\* ")
_STATE = f" · (?:{'|'.join(EvidenceState)})"
_COVER = f" · (?:{'|'.join(cover.label for cover in Cover)})"
_WORDS = rf"(?:{_COVER})?(?:{_STATE})?$"
_SEALED = r"sealed until \w{3} [0-9]{1,2} \w{3} [0-9]{2}:[0-9]{2} \S+"
_SCORE = re.compile(rf": (?:[1-5]\.[0-9]{{2}}|waits for votes|{_SEALED}|not ranked yet)(?: ★)?{_WORDS}")
# A text of people's own may end with a number, but not with what follows a score.
_MARKED_SCORE = re.compile(rf": [1-5]\.[0-9]{{2}}(?= ★| · )(?: ★)?{_WORDS}")
_CATEGORY = re.compile(r"^(.*?) \*\((.*)\)\*$")
_EMPTY_BOX = "*nothing yet*"
_KIND_COLUMN, _TEXT_COLUMN, _CATEGORY_COLUMN = "kind", "text", "category"
MAX_NAMED_HEADINGS = 10

Cell = tuple[str, str]  # its location, and its Markdown
Row = list[Cell]


def is_markdown(text: str) -> bool:
    """Return whether a text has a heading or a table."""
    return _MARKDOWN.search(text) is not None


def parse_markdown(text: str, box: Kind | None = None) -> ParseResult:
    """Parse headings, lists, paragraphs and tables, in their order."""
    tokens = parse_blocks(text)
    title = next(
        (tokens[index + 1].content for index, each in enumerate(tokens) if each.type == "heading_open"), ""
    )
    parser = ExportParser(box) if title.startswith(_EXPORT_TITLE) else NotesParser(box)
    parser.parse_tokens(tokens)
    return parser.build_result()


class NotesParser:
    """Collects the entries of notes. The kind of the latest heading applies to what is below it."""

    def __init__(self, box: Kind | None) -> None:
        self.collector = Collector(box)
        self.reader = ListReader()
        self._heading_level = 0  # of the heading that names the kind; 0 without one
        self._plain_headings: list[str] = []

    def parse_tokens(self, tokens: "Sequence[Token]") -> None:
        """Parse the blocks of a document."""
        item_depth = 0
        rows: list[Row] = []
        for index, token in enumerate(tokens):
            match token.type:
                case "list_item_open" | "list_item_close":
                    item_depth += token.nesting
                case "heading_open":
                    self.read_heading(int(token.tag[1:]), tokens[index + 1])
                case "paragraph_open" if item_depth:
                    self.read_item(tokens[index + 1])
                case "paragraph_open":
                    self.read_paragraph(_number_lines(tokens[index + 1]))
                case "fence" | "html_block":
                    self.read_paragraph(_number_lines(token))
                case "tr_open":
                    rows.append([])
                case "th_open" | "td_open":
                    rows[-1].append((_locate(tokens[index + 1]), tokens[index + 1].content))
                case "table_close":
                    self.read_table(rows)
                    rows = []

    def build_result(self) -> ParseResult:
        """Return the entries, what is unplaced, and the headings that are no entries."""
        if self._plain_headings:
            named = ", ".join(self._plain_headings[:MAX_NAMED_HEADINGS])
            more = len(self._plain_headings) - MAX_NAMED_HEADINGS
            rest = f" and {more} more" if more > 0 else ""
            self.collector.warnings.append(f"Headings that name no kind are no entries: {named}{rest}.")
        return self.collector.build_result()

    def read_heading(self, level: int, inline: "Token") -> None:
        """Begin a section of the kind that a heading names; a lower heading without one is in the section."""
        heading = sanitize(read_inline(inline.content))
        kind, rest = split_kind(heading)
        if kind := find_kind(heading) or kind:
            self.reader.start_section(kind)
            self._heading_level = level
            if sanitize(rest) and not find_kind(heading):
                self.collector.place_text(_locate(inline), kind, rest)
            return
        if level <= self._heading_level:
            self.reader.start_section(None)
            self._heading_level = 0
        self._plain_headings += [quote_text(heading)] if heading else []

    def read_item(self, inline: "Token") -> None:
        """Read an item of a list: its wrapped lines are one entry, unless they have marks of their own."""
        lines: list[Cell] = []
        for location, line in _number_lines(inline):
            if lines and not has_list_mark(line):
                lines[-1] = (lines[-1][0], f"{lines[-1][1]} {line}")
            else:
                lines.append((location, line))
        if self._heading_level in {0, _LOWEST_LEVEL}:
            self._read_lines(lines)
            return
        for location, line in lines:  # below a heading, "service: slow" is a text as it stands
            text = _MARKED_SCORE.sub("", sanitize(read_inline(strip_list_mark(line))))
            self.collector.place_text(location, self.reader.kind, text)

    def read_paragraph(self, lines: Sequence[Cell]) -> None:
        """Read lines outside of a list, of which each is an entry or names a kind."""
        self._read_lines(lines)

    def _read_lines(self, lines: Sequence[Cell]) -> None:
        section_kind = self.reader.kind
        for location, line in lines:
            if is_empty(line):
                continue
            for kind, text in self.reader.read_line(read_inline(strip_list_mark(line))):
                self.collector.place_text(location, kind, text)
        if self.reader.kind is not section_kind:
            self._heading_level = _LOWEST_LEVEL

    def read_table(self, rows: Sequence[Row]) -> None:
        """Read a table with the columns kind and text, or with kinds above columns or before rows."""
        names = [sanitize(read_inline(content)) for _, content in rows[0]]
        columns = [name.casefold() for name in names]
        if {_KIND_COLUMN, _TEXT_COLUMN} <= {*columns}:
            self._read_columns(columns, rows[1:])
            return
        kinds = [find_kind(name) for name in names]
        if not any(kinds):
            self._plain_headings += [quote_text(" | ".join(filter(None, names)))] if any(names) else []
        for row in rows[1:]:
            self._read_row(row, kinds)

    def _read_columns(self, names: Sequence[str], rows: Sequence[Row]) -> None:
        for row in rows:
            cells = dict(zip(names, (sanitize(read_inline(content)) for _, content in row), strict=False))
            location = row[0][0]
            kind = self.collector.read_kind(location, cells[_KIND_COLUMN])
            if kind:
                self.collector.add_entry(location, kind, cells[_TEXT_COLUMN], cells.get(_CATEGORY_COLUMN))

    def _read_row(self, row: Row, kinds: Sequence[Kind | None]) -> None:
        """Read the cells below kinds; else those beside a kind, or the whole row as one text."""
        row_kind = find_kind(read_inline(row[0][1]))
        if any(kinds):
            for (location, content), kind in zip(row, kinds, strict=False):
                self._read_cell(location, content, kind)
        elif row_kind:
            for location, content in row[1:]:
                self._read_cell(location, content, row_kind)
        else:
            texts = [sanitize(read_inline(content)) for _, content in row if not is_empty(content)]
            self.collector.place_text(row[0][0], self.reader.kind, " – ".join(texts))

    def _read_cell(self, location: str, content: str, kind: Kind | None) -> None:
        for line in read_inline(content).split("\n"):
            if not is_empty(line):
                self.collector.place_text(location, kind, strip_list_mark(line))


class ExportParser(NotesParser):
    """Collects the entries of the bot's own export, exactly.

    Its title, segment, fit and evidence are ignored.
    """

    def __init__(self, box: Kind | None) -> None:
        super().__init__(box)
        self._is_in_evidence = False

    def build_result(self) -> ParseResult:
        """Return the entries."""
        return self.collector.build_result()

    def read_heading(self, level: int, inline: "Token") -> None:
        """Begin a section: what is below the headings of evidence and tests is no entry."""
        self._is_in_evidence = inline.content in {EVIDENCE_HEADING, TESTS_HEADING, DISCUSSIONS_HEADING}
        super().read_heading(level, inline)

    def read_item(self, inline: "Token") -> None:
        """Read "**1** too slow *(risk)*: 4.20 ★ · ✓ addressed · evidenced": its text and its category."""
        if self._is_in_evidence:
            return
        kind = self.reader.kind
        without_score = _SCORE.sub("", _RANK.sub("", inline.content))
        match = _CATEGORY.match(without_score)
        if kind and match and read_inline(match[2]) in {*kind.spec.categories, OTHER}:
            self.collector.add_entry(_locate(inline), kind, read_inline(match[1]), read_inline(match[2]))
        else:
            self.collector.place_text(_locate(inline), kind, read_inline(without_score))

    def read_paragraph(self, lines: Sequence[Cell]) -> None:
        """Ignore the words between title and boxes, below an empty box, and about the fit."""
        if self.reader.kind and [line for _, line in lines] != [_EMPTY_BOX]:
            super().read_paragraph(lines)


def _number_lines(token: "Token") -> list[Cell]:
    """Return the location and the Markdown of each line of a paragraph or block."""
    first = token.map[0] + 1 if token.map else 0
    content = read_html(token.content) if token.type == "html_block" else token.content
    is_fence = token.type == "fence"
    return [(f"Line {first + is_fence + offset}", line) for offset, line in enumerate(content.split("\n"))]


def _locate(token: "Token") -> str:
    return _number_lines(token)[0][0]
