"""The picture of a canvas, beside the same drawn with matplotlib, which nothing else here needs."""

import io
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from bot.fit.store import read
from bot.method.figures import Figures, figures
from bot.method.kinds import Kind
from bot.picture.png import picture
from tests.bench import processes, seed
from tests.bench.names import TEAM
from tests.bench.options import Options
from tests.bench.table import Row, alternating

ENTRIES = 40
WHAT = f"the picture of {ENTRIES} entries"
MATPLOTLIB = "the same with matplotlib"


async def rows(options: Options) -> list[Row]:
    with processes.sqlite() as url:
        async with processes.migrated(url) as database:
            await seed.workspace(database)
            head, entries = await seed.canvas(database, ENTRIES)
            await seed.vote(database, entries, 200)
            async with database.reading(TEAM) as session:
                now = figures(await read(session, head))

    async def ours() -> float:
        began = time.perf_counter()
        await picture(now)
        return (time.perf_counter() - began) * 1000

    await ours()
    try:
        drawn = _with_matplotlib(now)
    except ModuleNotFoundError:
        note = "needs matplotlib, which nothing else does: `pip install matplotlib`"
        return [Row(WHAT, await ours(), None, "ms", MATPLOTLIB, most=0.1, note=note)]
    await drawn()
    return [Row(WHAT, *await alternating(options.rounds * 3, ours, drawn), "ms", MATPLOTLIB, most=0.1)]


def _with_matplotlib(now: Figures) -> Callable[[], Awaitable[float]]:
    """Return what draws six boxes with the same texts, wrapped, as a PNG of about the same size."""
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("Agg")
    pyplot: Any = import_module("matplotlib.pyplot")

    async def draw() -> float:
        began = time.perf_counter()
        sheet, places = pyplot.subplots(2, 3, figsize=(16, 10), dpi=100)
        for place, kind in zip(places.flat, Kind, strict=True):
            place.set_title(kind.value)
            place.set_xticks([])
            place.set_yticks([])
            for number, ranked in enumerate(now.boxes[kind]):
                said = f"{ranked.rank}. {ranked.entry.text} ({float(ranked.score):.2f}, {ranked.votes})"
                place.text(0.02, 0.95 - number * 0.12, said, wrap=True, va="top", transform=place.transAxes)
        sheet.savefig(io.BytesIO(), format="png")
        pyplot.close(sheet)
        return (time.perf_counter() - began) * 1000

    return draw
