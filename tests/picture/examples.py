"""Metrics to draw, and helpers that read a drawing's SVG."""

import json
import re
from dataclasses import replace
from datetime import datetime
from importlib.resources import files
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from bot.method.kinds import Kind
from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.model import Entry, Evidence, Grade, Mark, Review, Seal
from tests.method.build import CanvasBuilder, build_canvas

# A sentence in each script that is drawn without any font of the machine, by the family that has it.
SCRIPT_SAMPLES = {
    "Noto Sans Arabic": "يصل التقرير الشهري متأخرًا ولا أحد يعرف السبب",
    "Noto Sans Hebrew": "הדוח החודשי מגיע באיחור ואף אחד לא יודע למה",
    "Noto Sans Devanagari": "मासिक रिपोर्ट की प्रस्तुति देर से आती है",
    "Noto Sans Bengali": "মাসিক প্রতিবেদন দেরিতে আসে",
    "Noto Sans Gurmukhi": "ਰਿਪੋਰਟ ਦੇਰ ਨਾਲ ਆਉਂਦੀ ਹੈ",
    "Noto Sans Gujarati": "માસિક અહેવાલ મોડો આવે છે",
    "Noto Sans Oriya": "ମାସିକ ରିପୋର୍ଟ ବିଳମ୍ବ",
    "Noto Sans Tamil": "மாதாந்திர அறிக்கை தாமதமாக வருகிறது",
    "Noto Sans Telugu": "నెలవారీ నివేదిక ఆలస్యంగా వస్తుంది",
    "Noto Sans Kannada": "ವರದಿ ತಡವಾಗಿ ಬರುತ್ತದೆ",
    "Noto Sans Malayalam": "മാസ റിപ്പോർട്ട് വൈകി വരുന്നു",
    "Noto Sans Sinhala": "වාර්තාව ප්‍රමාද වී පැමිණේ",
    "Noto Sans Thai": "รายงานประจำเดือนมาถึงช้าและไม่มีใครรู้ว่าทำไม",
    "Noto Sans Lao": "ລາຍງານມາຊ້າແລະບໍ່ມີໃຜຮູ້",
    "Noto Sans Khmer": "របាយការណ៍ប្រចាំខែមកដល់យឺត",
    "Noto Sans Myanmar": "လစဉ်အစီရင်ခံစာ နောက်ကျနေသည်",
    "Noto Sans Georgian": "ანგარიში იგვიანებს",
    "Noto Sans Armenian": "Զեկույցը ուշանում է",
    "Noto Sans Ethiopic": "ሪፖርቱ ዘግይቶ ይመጣል",
    "Noto Sans CJK SC": "月度报告总是迟到没有人知道原因",
    "Noto Sans CJK JP": "レポートがいつもおくれてとどく",
    "Noto Sans CJK KR": "월간 보고서가 항상 늦게 도착합니다",
}
SVG = "{http://www.w3.org/2000/svg}"

SEALED_UNTIL = datetime(2026, 12, 4, 17, tzinfo=ZoneInfo("Europe/Berlin"))


def build_example_metrics() -> CanvasMetrics:
    """Return the metrics of the demo's example canvas."""
    example = json.loads(files("bot.demo").joinpath("canvas.json").read_text(encoding="utf-8"))
    ids = {entry["id"]: key for key, entry in enumerate(example["entries"], start=1)}
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
        for entry in example["entries"]
    ]
    reviews = [
        Review(
            ids[review["offer"]],
            review["member"],
            {ids[need]: Mark(int(2 * mark)) for need, mark in review["marks"].items()},
        )
        for review in example["reviews"]
    ]
    example_canvas = build_canvas(entries, reviews)
    return compute_metrics(
        replace(example_canvas, name=example["canvas"]["name"], segment=example["canvas"]["segment"])
    )


def build_metrics(number: int, *texts: str) -> CanvasMetrics:
    """Return the metrics of a canvas with so many entries, the texts in turn, and votes, reviews and gaps."""
    board = CanvasBuilder()
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
    return board.compute_metrics()


def add_evidence(metrics: CanvasMetrics) -> CanvasMetrics:
    """Return the metrics with evidence: of five entries in a row, one has each of the five states."""
    ids = [entry.id for entry in metrics.canvas.entries]
    day = metrics.canvas.created_at.date()
    items = (
        Evidence(1, "It is so", "Customer 1", Grade.PAID, 10, day, (*ids[1::5], *ids[3::5]), ()),
        Evidence(2, "It is not so", "Customer 2", Grade.PAID, 10, day, (), (*ids[2::5], *ids[3::5])),
        Evidence(3, "It may be so", "Customer 3", Grade.SAID, 1, day, tuple(ids[4::5]), ()),
    )
    return compute_metrics(replace(metrics.canvas, evidence=items))


def parse_svg(svg: str) -> ET.Element:
    """Parse SVG, and check that it has neither declarations nor processing instructions."""
    assert "<!" not in svg
    assert "<?" not in svg
    return ET.fromstring(svg)


def list_texts(svg: str) -> list[str]:
    """Return each line of text in the drawing, without invisible characters."""
    return [
        re.sub("[\u200b\u202b\u202c]", "", "".join(element.itertext()))
        for element in parse_svg(svg).iter(f"{SVG}text")
    ]


def seal_kinds(
    metrics: CanvasMetrics,
    *kinds: Kind,
    until: datetime = SEALED_UNTIL,
) -> CanvasMetrics:
    """Return the metrics while the entries of these kinds are in a sealed round."""
    seal = Seal(1, until)
    entries = tuple(
        replace(entry, votes={}, seal=seal) if entry.kind in kinds else entry
        for entry in metrics.canvas.entries
    )
    return compute_metrics(replace(metrics.canvas, entries=entries))
