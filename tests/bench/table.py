"""What a row of the benchmark's table says."""

import statistics
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside another. `most` or `least` is what their ratio has to keep to."""

    what: str
    ours: float | None  # None where it was not measured, for the reason in the note
    beside: float | None
    unit: str
    against: str  # what the other figure is
    most: float | None = None
    least: float | None = None
    note: str = ""
    also: bool = True  # what else the goal asks

    @property
    def ratio(self) -> float | None:
        return self.ours / self.beside if self.ours is not None and self.beside else None

    @property
    def met(self) -> bool | None:
        if self.ratio is None:
            return None
        return (
            self.also
            and (self.most is None or self.ratio <= self.most)
            and (self.least is None or self.ratio >= self.least)
        )

    @property
    def goal(self) -> str:
        return f"≤ {self.most:g} ×" if self.most is not None else f"≥ {self.least:g} ×"


HEADER = ("figure", "ours", "beside", "ratio", "goal", "met")


def markdown(rows: Iterable[Row]) -> str:
    """Return the table, its notes below it."""
    lines, notes = [_line(HEADER), _line(["---"] * len(HEADER))], []
    for row in rows:
        met = {True: "yes", False: "**no**", None: "not measured"}[row.met]
        ratio = f"{row.ratio:.2f} ×" if row.ratio is not None else "–"
        beside = f"{_figure(row.beside, row.unit)} ({row.against})"
        lines.append(_line([row.what, _figure(row.ours, row.unit), beside, ratio, row.goal, met]))
        if row.note:
            notes.append(f"- {row.what}: {row.note}")
    return "\n".join([*lines, "", *notes])


def _figure(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def alternating(
    rounds: int, ours: Callable[[], Awaitable[float]], beside: Callable[[], Awaitable[float]]
) -> tuple[float, float]:
    """Measure both in turn, so that whatever else the machine does hits both; return the medians."""
    pairs = [(await ours(), await beside()) for _ in range(rounds)]
    return statistics.median(mine for mine, _ in pairs), statistics.median(other for _, other in pairs)
