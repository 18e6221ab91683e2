"""What was seen is told as it was seen, and the steps are such that a kit can take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.terminals import kit, report
from tests.terminals.judge import Match
from tests.terminals.layout import View
from tests.terminals.matrix import Result
from tests.terminals.script import COLUMNS_OF_TABLE, Step, kit_steps, script
from tests.terminals.verdict import Verdict
from tests.terminals.ways import TERMINALS, WAYS, Case, Way

if TYPE_CHECKING:
    from pathlib import Path

VIEW = View(150, 44)


def verdict(column: str, *faults: str, detail: float = 0.9) -> Verdict:
    step = Step(f"step {column}", column, (), 1, VIEW)
    return Verdict(step, faults, Match(1.0, 2.0, 0.99, (0, 0), detail))


def test_a_table_has_a_line_for_each_case_and_says_what_is_wrong() -> None:
    right = Result(Case("kitty", WAYS[0]), [verdict("final"), verdict("exit")])
    wrong = Result(
        Case("foot", WAYS[1]), [verdict("final", detail=0), verdict("tab"), verdict("tab", "blank")]
    )
    lost = Result(Case("xterm", WAYS[0]), trouble="it ended")
    head, _, *lines = report.table([right, wrong, lost]).splitlines()
    names = [cell.strip() for cell in head.strip("|").split("|")]
    cells = [dict(zip(names, (c.strip() for c in line.strip("|").split("|")), strict=True)) for line in lines]
    assert names[3:] == list(COLUMNS_OF_TABLE)
    assert [cell["drawn as"] for cell in cells] == ["pixels", "half-cells", "—"]
    assert cells[0]["final"] == "right"
    assert cells[0]["tab"] == ""
    assert cells[1]["tab"] == "**wrong**"
    assert cells[2]["final"] == "?"
    assert report.line(right) == "kitty-plain: right, pixels"
    assert "tab: blank" in report.line(wrong)
    assert "it ended" in report.line(lost)


def test_what_is_written_replaces_its_own_lines_alone(tmp_path: Path) -> None:
    document = tmp_path / "seen.md"
    document.write_text(f"before\n{report.BEGIN}\n{report.END}\nafter\n", "utf-8")
    foot, xterm = Case("foot", WAYS[1]), Case("xterm", WAYS[0])
    report.write([Result(foot, [verdict("final", "blank")]), Result(xterm, [verdict("final")])], document)
    report.write([Result(foot, [verdict("final")])], document)
    text = document.read_text("utf-8")
    assert text.startswith("before\n")
    assert text.endswith(f"{report.END}\nafter\n")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    assert len(lines) == 4
    assert [line.split("|")[1].strip() for line in lines[2:]] == ["xterm", "foot"]
    assert "wrong" not in text


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
@pytest.mark.parametrize("terminal", TERMINALS)
def test_every_step_has_a_screenshot_of_its_own_and_a_column(terminal: str, way: Way) -> None:
    case = Case(terminal, way)
    steps = script(case, 1)
    assert len({step.file for step in steps}) == len(steps)
    assert {step.column for step in steps} <= set(COLUMNS_OF_TABLE)
    words = kit_steps(steps, 2)
    assert not [word for word in words if " " in word or ":" not in word]
    assert sum(word.startswith("shot:") for word in words) == sum(not step.second for step in steps)


def test_what_is_typed_survives_the_kit() -> None:
    assert kit.typed('run "a b" 5%') == "type:run%20%22a%20b%22%205%25"


def test_without_a_kit_it_is_said_what_is_missing(tmp_path: Path) -> None:
    script, why = kit.find({kit.VARIABLE: str(tmp_path)})
    assert script is None
    assert str(tmp_path / "shot.sh") in why
