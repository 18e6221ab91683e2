"""What a benchmark reports, and how it is printed."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its yardstick.

    Attributes:
        name: What was measured.
        ours: Median, in `unit`.
        yardstick: Median of the yardstick in the same run; `None` where the bound is absolute.
        unit: "ms", "%", …
        bound: What it should be, in words.
        holds: Whether it was.
        note: Spread, number of runs.
    """

    name: str
    ours: float
    yardstick: float | None
    unit: str
    bound: str
    holds: bool
    note: str = ""


def spread(values: Sequence[float]) -> str:
    """Least and greatest of the runs, and how many there were."""
    return f"{min(values):.1f}–{max(values):.1f}, {len(values)} runs"


def median(values: Iterable[float]) -> float:
    """The median of `values`."""
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile of `values`."""
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def show(figures: Sequence[Figure]) -> None:
    """Prints figures as a table on stdout."""
    for figure in figures:
        mark = "ok  " if figure.holds else "OVER"
        beside = "" if figure.yardstick is None else f"  yardstick {figure.yardstick:9.2f} {figure.unit}"
        ratio = f"  ratio {figure.ours / figure.yardstick:5.2f}" if figure.yardstick else ""
        print(f"{mark} {figure.name:<58} {figure.ours:9.2f} {figure.unit}{beside}{ratio}")
        print(f"       bound: {figure.bound}" + (f"; {figure.note}" if figure.note else ""), flush=True)
