"""What a row of the benchmark's table says."""

import statistics
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure beside another. `most` or `least` is what their ratio has to keep to."""

    name: str
    ours: float | None  # None where it was not measured, for the reason in the note
    beside: float | None
    unit: str
    beside_name: str  # what the other figure is
    max_ratio: float | None = None
    min_ratio: float | None = None
    note: str = ""
    is_also_met: bool = True  # what else the goal asks

    @property
    def ratio(self) -> float | None:
        return self.ours / self.beside if self.ours is not None and self.beside else None

    @property
    def is_met(self) -> bool | None:
        if self.ratio is None:
            return None
        return (
            self.is_also_met
            and (self.max_ratio is None or self.ratio <= self.max_ratio)
            and (self.min_ratio is None or self.ratio >= self.min_ratio)
        )

    @property
    def goal(self) -> str:
        return f"≤ {self.max_ratio:g} ×" if self.max_ratio is not None else f"≥ {self.min_ratio:g} ×"


HEADER = ("figure", "ours", "beside", "ratio", "goal", "met")


def render_markdown(rows: Iterable[Row]) -> str:
    """Return the table, its notes below it."""
    lines, notes = [_format_row(HEADER), _format_row(["---"] * len(HEADER))], []
    for row in rows:
        met = {True: "yes", False: "**no**", None: "not measured"}[row.is_met]
        ratio = f"{row.ratio:.2f} ×" if row.ratio is not None else "–"
        beside = f"{_format_value(row.beside, row.unit)} ({row.beside_name})"
        lines.append(_format_row([row.name, _format_value(row.ours, row.unit), beside, ratio, row.goal, met]))
        if row.note:
            notes.append(f"- {row.name}: {row.note}")
    return "\n".join([*lines, "", *notes])


def _format_value(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:,.{0 if value >= 100 else 1 if value >= 10 else 2}f} {unit}"


def _format_row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def find_percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def measure_alternately(
    rounds: int, ours: Callable[[], Awaitable[float]], beside: Callable[[], Awaitable[float]]
) -> tuple[float, float]:
    """Measure both in turn, so that whatever else the machine does hits both; return the medians."""
    pairs = [(await ours(), await beside()) for _ in range(rounds)]
    return statistics.median(mine for mine, _ in pairs), statistics.median(other for _, other in pairs)
