"""The one table of all benchmarks: what was measured, a peer's figure, the ratio and the goal."""

from __future__ import annotations

import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured.
        ours: Our figure.
        unit: Of both figures.
        peer: What the peer is; empty without one.
        theirs: The peer's figure.
        at_most: Goal for our figure, in its unit.
        ratio_at_most: Goal for ours by theirs.
        ratio_at_least: Another one.
        ratio: Ours by theirs; by default computed from the figures.
    """

    what: str
    ours: float
    unit: str = ""
    peer: str = ""
    theirs: float | None = None
    at_most: float | None = None
    ratio_at_most: float | None = None
    ratio_at_least: float | None = None
    ratio: float | None = None

    @property
    def found_ratio(self) -> float | None:
        """Ours by theirs; None where there is no peer."""
        if self.ratio is not None or not self.theirs:
            return self.ratio
        return self.ours / self.theirs

    @property
    def goal(self) -> str:
        """The goals in words."""
        goals = []
        if self.at_most is not None:
            goals.append(f"<= {self.at_most:g}{_spaced(self.unit)}")
        if self.ratio_at_most is not None:
            goals.append(f"ratio <= {self.ratio_at_most:g}")
        if self.ratio_at_least is not None:
            goals.append(f"ratio >= {self.ratio_at_least:g}")
        return ", ".join(goals)

    @property
    def met(self) -> bool:
        """Whether all goals are met."""
        ratio = self.found_ratio
        return not (
            (self.at_most is not None and self.ours > self.at_most)
            or (self.ratio_at_most is not None and (ratio or 0) > self.ratio_at_most)
            or (self.ratio_at_least is not None and (ratio or 0) < self.ratio_at_least)
        )

    def cells(self) -> tuple[str, ...]:
        """The line as texts."""
        theirs = "" if self.theirs is None else _figure(self.theirs, self.unit)
        ratio = "" if self.found_ratio is None else f"{self.found_ratio:.2f}"
        verdict = "" if not self.goal else "yes" if self.met else "NO"
        ours = _figure(self.ours, self.unit)
        return (self.what, ours, self.peer, theirs, ratio, self.goal, verdict)


HEAD = ("measured", "ours", "peer", "theirs", "ratio", "goal", "met")


def table(rows: Sequence[Row]) -> str:
    """Compose the table."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def interleaved(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Run all cases one after the other, again and again: noise then meets all of them alike.

    Args:
        cases: What to run, by name; each gives a figure.
        rounds: How often.
    """
    found: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}: {', '.join(cases)}", file=sys.stderr, flush=True)
        for name, run in cases.items():
            found[name].append(run())
    return found


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Compute the median of the ratios within the rounds."""
    return statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))


def _figure(value: float, unit: str) -> str:
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{_spaced(unit)}"


def _spaced(unit: str) -> str:
    return f" {unit}" if unit else ""
