"""What the page on batches says can be written is understood."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from darkroom.domain.batch.promptlist import read_list
from darkroom.domain.batch.sweep import parse_axis
from darkroom.domain.batch.template import has_syntax

PAGE = (Path(__file__).parents[3] / "docs" / "batches.md").read_text("utf-8")


def first_column(heading: str) -> list[str]:
    """The first column of the table below a heading."""
    section = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [cell.replace("\\|", "|") for cell in re.findall(r"^\| `(.+?)` \| ", section, re.MULTILINE)]


@pytest.mark.parametrize("text", first_column("Sweeps"))
def test_sweeps_are_understood(text: str) -> None:
    assert parse_axis(text).points


@pytest.mark.parametrize("text", first_column("Templates in prompts"))
def test_templates_are_understood(text: str) -> None:
    assert has_syntax(text)


def test_the_tables_were_found() -> None:
    assert len(first_column("Sweeps")) == 9
    assert len(first_column("Templates in prompts")) == 7


def test_the_list_is_understood() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert len(read_list(example.encode(), "list").points) == 2
