"""The picture of a canvas, beside the same drawn with matplotlib, which nothing else here needs."""

import io
import time
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from typing import Any

from bot.method.metrics import CanvasMetrics, compute_metrics
from bot.method.summary import describe_verdict, list_must_have_counts
from bot.picture import geometry
from bot.picture.layout import lay_out_boxes
from bot.picture.model import LINE_HEIGHT_EM, TEXT_LEFT_EM, TEXT_RIGHT_EM, StickyNote, TextBlock
from bot.picture.png import create_png, render_png
from bot.store.loading import load_canvas
from tests.bench import processes, seed
from tests.bench.constants import TEAM_ID
from tests.bench.options import Options
from tests.bench.table import Row, measure_alternately

ENTRIES = 40
ROW_NAME = f"the picture of {ENTRIES} entries"
MATPLOTLIB = "the same with matplotlib"
PIXELS_PER_POINT = 100 / 72  # at 100 dots an inch


async def measure_rows(options: Options) -> list[Row]:
    with processes.create_sqlite() as url:
        async with processes.open_migrated(url) as database:
            await seed.add_workspace(database)
            canvas_info, entries = await seed.add_canvas(database, ENTRIES)
            await seed.add_votes(database, entries, 200)
            async with database.reading(TEAM_ID) as session:
                metrics = compute_metrics(await load_canvas(session, canvas_info.id))

    async def measure_cached() -> float:
        began = time.perf_counter()
        await create_png(metrics)
        return (time.perf_counter() - began) * 1000

    async def measure_uncached() -> float:
        render_png.cache_clear()
        return await measure_cached()

    await measure_uncached()
    try:
        drawn = _make_matplotlib_drawing(metrics)
    except ModuleNotFoundError:
        note = "needs matplotlib, which nothing else does: `pip install matplotlib`"
        return [Row(ROW_NAME, await measure_uncached(), None, "ms", MATPLOTLIB, max_ratio=0.1, note=note)]
    await drawn()
    rounds = options.rounds * 3
    note = "both wrap the texts; the positions of the notes are given to matplotlib and not measured"
    return [
        Row(
            ROW_NAME,
            *await measure_alternately(rounds, measure_uncached, drawn),
            "ms",
            MATPLOTLIB,
            max_ratio=0.1,
            note=note,
        ),
        Row(
            f"{ROW_NAME}, as long as it stays the same",
            *await measure_alternately(rounds, measure_cached, drawn),
            "ms",
            MATPLOTLIB,
            max_ratio=0.1,
        ),
    ]


def _make_matplotlib_drawing(metrics: CanvasMetrics) -> Callable[[], Awaitable[float]]:
    """Return a function that draws the same shapes and texts as a PNG of the same size."""
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot: Any = import_module("matplotlib.pyplot")
    patches: Any = import_module("matplotlib.patches")
    placed = lay_out_boxes(metrics)

    async def draw() -> float:
        began = time.perf_counter()
        sheet = pyplot.figure(figsize=(geometry.PICTURE_WIDTH / 100, geometry.PICTURE_HEIGHT / 100), dpi=100)
        place = sheet.add_axes((0, 0, 1, 1))
        place.set_axis_off()
        place.set_xlim(0, geometry.PICTURE_WIDTH)
        place.set_ylim(geometry.PICTURE_HEIGHT, 0)
        for shape in _draw_background(patches):
            place.add_patch(shape)
        for box in placed:
            for words in filter(None, (box.heading, box.folded_label, box.hint)):
                _draw_text(place, words)
            for note in box.notes:
                _draw_note(place, patches, note)
        for text, y, size in (
            (metrics.canvas.name, 50, 44),
            (f"for {metrics.canvas.segment}", 94, 27),
            (describe_verdict(metrics.fit), 966, 35),
            (" · ".join(list_must_have_counts(metrics.fit)), 1013, 27),
            (
                "rank    waits for votes    must-have    addressed    gap in a must-have    other gap",
                1051,
                20,
            ),
        ):
            place.text(26, y, text, fontsize=size / PIXELS_PER_POINT, va="center")
        sheet.savefig(io.BytesIO(), format="png")
        pyplot.close(sheet)
        return (time.perf_counter() - began) * 1000

    return draw


def _draw_background(patches: Any) -> Iterator[Any]:
    half, middle, radius, slope = (
        geometry.SQUARE_HALF_SIDE,
        geometry.CENTRE_Y,
        geometry.CIRCLE_RADIUS,
        geometry.DIVIDER_SLOPE,
    )
    square, circle = geometry.SQUARE_CENTRE_X, geometry.CIRCLE_CENTRE_X
    yield patches.Rectangle(
        (square - half, middle - half), 2 * half, 2 * half, fc="#eef3f9", ec="navy", lw=2.5
    )
    yield patches.Circle((circle, middle), radius, fc="#eef3f9", ec="navy", lw=2.5)
    ends = [(square + half, middle), *((square - half / slope, middle + side * half) for side in (-1, 1))]
    away = radius * slope / 2
    rays = [(circle - radius, middle), *((circle + radius / 2, middle + side * away) for side in (-1, 1))]
    for x, reached in ((square, ends), (circle, rays)):
        for end in reached:
            yield patches.Polygon([(x, middle), end], closed=False, ec="navy", lw=1.8)
        yield patches.Circle((x, middle), geometry.ICON_RADIUS, fc="white", ec="navy", lw=1.8)


def _draw_text(place: Any, words: TextBlock) -> None:
    for line, text in enumerate(words.lines):
        y = words.top + (line + 0.5) * words.font_size * LINE_HEIGHT_EM
        place.text(
            words.centre_x,
            y,
            text,
            fontsize=words.font_size / PIXELS_PER_POINT,
            ha="center",
            va="center",
            weight="bold",
        )


def _draw_note(place: Any, patches: Any, note: StickyNote) -> None:
    """Draw a note with its badge and, at a need, its mark."""
    size, middle = note.font_size, note.y + note.height / 2
    round_ = patches.BoxStyle("Round", pad=0, rounding_size=0.62 * size)
    at = (note.x, note.y)
    place.add_patch(
        patches.FancyBboxPatch(at, note.width, note.height, boxstyle=round_, fc="white", ec="#ccd7e4")
    )
    place.add_patch(patches.Circle((note.x + 1.2 * size, middle), 0.78 * size, fc="navy"))
    small = 0.9 * size / PIXELS_PER_POINT
    place.text(
        note.x + 1.2 * size,
        middle,
        note.entry.ranked.rank,
        fontsize=small,
        ha="center",
        va="center",
        color="w",
    )
    drawn_text = place.text(
        note.x + TEXT_LEFT_EM * size,
        note.y,
        " ".join(note.lines),
        fontsize=size / PIXELS_PER_POINT,
        va="top",
        wrap=True,
    )
    drawn_text._get_wrap_line_width = lambda: note.width - (TEXT_LEFT_EM + TEXT_RIGHT_EM) * size
    if note.entry.cover is not None:
        place.add_patch(patches.Circle((note.x + note.width, middle), 0.6 * size, fc="teal", ec="white"))
