"""How the benchmark was asked to measure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    quick: bool = False  # fewer rounds and less load: to see that it works
    databases: tuple[str, ...] = ("SQLite", "PostgreSQL")

    @property
    def rounds(self) -> int:
        return 3 if self.quick else 7

    def some(self, number: int) -> int:
        return number // 5 if self.quick else number
