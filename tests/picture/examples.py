"""Canvases to draw, and what a drawing holds, read back from its SVG."""

import json
import re
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from xml.etree import ElementTree as ET

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Entry, Mark, Review
from tests.method.build import Board, canvas

SVG = "{http://www.w3.org/2000/svg}"


def build_example_metrics() -> CanvasMetrics:
    """The canvas of the demo."""
    told = json.loads(files("bot.demo").joinpath("canvas.json").read_text(encoding="utf-8"))
    ids = {entry["id"]: key for key, entry in enumerate(told["entries"], start=1)}
    entries = [
        Entry(
            ids[entry["id"]],
            Kind(entry["kind"]),
            entry["text"],
            entry["author"],
            datetime.fromisoformat(entry["created_at"]),
            entry["category"],
            tuple(ids[product] for product in entry["delivered_by"]),
            entry["votes"],
        )
        for entry in told["entries"]
    ]
    reviews = [
        Review(
            ids[review["offer"]],
            review["member"],
            {ids[need]: Mark(int(2 * mark)) for need, mark in review["marks"].items()},
        )
        for review in told["reviews"]
    ]
    made = canvas(entries, reviews)
    return compute_metrics(replace(made, name=told["canvas"]["name"], segment=told["canvas"]["segment"]))


def build_metrics(number: int, *texts: str) -> CanvasMetrics:
    """A canvas with so many entries, the texts in turn, with votes, reviews, must-haves and gaps."""
    board = Board()
    kinds = [
        Kind.JOB,
        Kind.PAIN,
        Kind.GAIN,
        Kind.PRODUCT,
        Kind.PAIN_RELIEVER,
        Kind.GAIN_CREATOR,
    ]
    for key in range(number):
        votes = [5, 5, 5, 4][: key % 5] if key % 4 else [2, 3]
        board.add(kinds[key % 6], *votes, text=texts[key % len(texts)] if texts else f"Entry number {key}")
    for key in range(1, number + 1):
        if kinds[(key - 1) % 6].is_offer and key > 3:
            board.review(key, {key - 3: Mark.STRONG, key - 4: Mark.PARTIAL})
    return board.figures()


def parse_svg(drawn: str) -> ET.Element:
    """Parse our own SVG, having made sure that there is nothing in it that a parser could trip over."""
    assert "<!" not in drawn
    assert "<?" not in drawn
    return ET.fromstring(drawn)


def list_texts(drawn: str) -> list[str]:
    """Return each line of text on the drawing, without what is not seen of it."""
    return [
        re.sub("[\u200b\u202b\u202c]", "", "".join(element.itertext()))
        for element in parse_svg(drawn).iter(f"{SVG}text")
    ]
