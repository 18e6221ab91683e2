"""What was seen, as lines and as the table of docs/terminals.md."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

from tests.terminals.judge import SHARP
from tests.terminals.kit import ROOT
from tests.terminals.script import COLUMNS_OF_TABLE
from tests.terminals.ways import TERMINALS, WAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tests.terminals.matrix import Result

Row = list[str]

DOCUMENT = ROOT / "docs" / "terminals.md"
BEGIN, END = "<!-- seen: begin -->", "<!-- seen: end -->"


def say(text: str) -> None:
    """Prints a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def line(result: Result) -> str:
    """One case: right, or what was wrong at which step."""
    if result.trouble:
        return f"{result.case.name}: did not run: {result.trouble}"
    wrong = [
        f"{verdict.step.name}: {', '.join(verdict.faults)}" for verdict in result.verdicts if verdict.faults
    ]
    if wrong:
        return "\n         ".join([f"{result.case.name}: WRONG", *wrong])
    return f"{result.case.name}: right{', with more time' if result.slow else ''}, {drawn(result)}"


def drawn(result: Result) -> str:
    """How the final picture was drawn, as the screenshot shows it: "pixels" or "half-cells"."""
    finals = [verdict.seen for verdict in result.verdicts if verdict.step.column == "final" and verdict.seen]
    if not finals or finals[0].alike < SHARP:
        return "—"
    return "pixels" if finals[0].detail >= SHARP else "half-cells"


def table(results: Sequence[Result]) -> str:
    """Terminal × way × step, in Markdown."""
    return _markdown(map(_row, results))


def _row(result: Result) -> Row:
    case = result.case
    return [case.terminal, case.way.name, drawn(result), *(_cell(result, name) for name in COLUMNS_OF_TABLE)]


def _markdown(rows: Iterable[Row]) -> str:
    head = ["terminal", "way", "drawn as", *COLUMNS_OF_TABLE]
    lines = [head, *rows]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def _cell(result: Result, column: str) -> str:
    verdicts = [verdict for verdict in result.verdicts if verdict.step.column == column]
    if result.trouble:
        return "?"
    if not verdicts:
        return ""
    return "**wrong**" if any(verdict.faults for verdict in verdicts) else "right"


def summary(results: Sequence[Result], folder: Path) -> str:
    """How many were right, and where to look."""
    right = sum(result.right for result in results)
    slow = sum(result.slow for result in results)
    more = f", {slow} of them with more time" if slow else ""
    return f"{right} of {len(results)} right{more}; screenshots in {folder}, the wrong ones in its failures/"


def keep_failures(results: Sequence[Result], folder: Path) -> None:
    """Copies the screenshots of what was wrong into one folder."""
    failures = folder / "failures"
    failures.mkdir(exist_ok=True)
    for result in results:
        for verdict in result.verdicts:
            if verdict.faults:
                name = f"{result.case.name}-{verdict.step.shot}"
                shutil.copy(folder / result.case.name / verdict.step.file, failures / name)


def write(results: Sequence[Result], document: Path = DOCUMENT) -> None:
    """Puts the lines of what was run between the marks in a document; the other lines there stay."""
    before, _, rest = document.read_text("utf-8").partition(BEGIN)
    old, _, after = rest.partition(END)
    rows = {(row[0], row[1]): row for row in (*_rows(old), *map(_row, results))}
    known = [(terminal, way.name) for terminal in TERMINALS for way in WAYS]
    lines = _markdown(rows[name] for name in known if name in rows)
    document.write_text(f"{before}{BEGIN}\n{lines}\n{END}{after}", "utf-8")


def _rows(text: str) -> list[Row]:
    """The lines of a table that still has the columns of today."""
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    return [row for row in rows if len(row) == 3 + len(COLUMNS_OF_TABLE)]
