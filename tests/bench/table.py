"""What a row of the benchmark's table says."""

import statistics
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, beside another where there is one, and what it or their ratio has to keep to."""

    name: str
    ours: float | None  # None where it was not measured, for the reason in the note
    beside: float | None
    unit: str
    beside_name: str  # what the other figure is
    max_ratio: float | None = None
    min_ratio: float | None = None
    max_value: float | None = None
    min_value: float | None = None
    note: str = ""
    is_also_met: bool = True  # what the note asks

    @property
    def ratio(self) -> float | None:
        return self.ours / self.beside if self.ours is not None and self.beside else None

    @property
    def is_met(self) -> bool | None:
        if self.ours is None:
            return None
        ratio = self.ratio
        return (
            self.is_also_met
            and (self.max_ratio is None or (ratio is not None and ratio <= self.max_ratio))
            and (self.min_ratio is None or (ratio is not None and ratio >= self.min_ratio))
            and (self.max_value is None or self.ours <= self.max_value)
            and (self.min_value is None or self.ours >= self.min_value)
        )

    @property
    def goal(self) -> str:
        limits = (
            ("≤", self.max_ratio, "×"),
            ("≥", self.min_ratio, "×"),
            ("≤", self.max_value, self.unit),
            ("≥", self.min_value, self.unit),
        )
        return ", ".join(f"{sign} {limit:g} {unit}" for sign, limit, unit in limits if limit is not None)


HEADER = ("what is measured", "the bot", "compared with", "ratio", "goal", "met")


def render_markdown(rows: Iterable[Row]) -> str:
    """Return the table, its notes below it."""
    lines, notes = [_format_row(HEADER), _format_row(["---"] * len(HEADER))], []
    for row in rows:
        met = {True: "yes", False: "**no**", None: "not measured"}[row.is_met]
        ratio = f"{row.ratio:.2f} ×" if row.ratio is not None else "–"
        beside = f"{_format_value(row.beside, row.unit)} ({row.beside_name})" if row.beside_name else "–"
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
