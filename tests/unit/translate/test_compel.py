"""Compel's own reading of prompts, as recorded, beside ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from darkroom.domain.translate.compel import parse, write
from darkroom.domain.translate.dialects import A1111, COMPEL, reword
from darkroom.domain.translate.tree import Embedding, Items, Swapped, Tag, Text

RECORDED = Path(__file__).parents[2] / "data" / "invokeai-6.14.2" / "compel_parse.json"
"""Prompts and what compel 2.5.1 made of them: `[text, weight]` in a row, or `and` and `blend` of rows."""

CASES = [
    (text, read) for text, read in json.loads(RECORDED.read_text("utf-8")) if isinstance(read, list | dict)
]


def bare(text: str) -> str:
    """Without blanks: Compel puts some around punctuation inside of groups."""
    return re.sub(r"\s", "", text)


def ours(items: Items) -> list[object]:
    found: list[object] = []
    for item in items:
        match item:
            case Text(text, weight):
                found.append((bare(text), weight))
            case Embedding(name, weight):
                # Compel leaves the name as it stands; InvokeAI puts the embedding there.
                found.append((f"<{name}>", weight))
            case Swapped(before, after):
                found.append({"swap": [ours(before), ours(after)]})
            case Tag():
                pass  # LoRAs are kept beside the conditioning
            case _:
                raise AssertionError(item)
    return _together(found)


def theirs(row: list[object]) -> list[object]:
    found: list[object] = []
    for one in row:
        if isinstance(one, dict):
            found.append({"swap": [theirs(side) for side in one["swap"]]})
        elif isinstance(one, list):
            found.append((bare(str(one[0])), float(one[1])))
    return _together(found)


def _together(found: list[object]) -> list[object]:
    """Neighbours of one weight as one: where Compel cuts them is of no matter."""
    merged: list[object] = []
    for one in found:
        if isinstance(one, tuple) and merged and isinstance(merged[-1], tuple) and merged[-1][1] == one[1]:
            merged[-1] = (merged[-1][0] + one[0], one[1])
        elif not (isinstance(one, tuple) and not one[0]):
            merged.append(one)
    return merged


@pytest.mark.parametrize(("text", "read"), CASES, ids=[repr(text) for text, _ in CASES])
def test_prompts_are_read_as_compel_reads_them(text: str, read: list[object] | dict[str, object]) -> None:
    prompt = parse(text)
    if isinstance(read, dict):
        joint = "and" if "and" in read else "blend"
        assert prompt.joint == joint
        assert [part.weight for part in prompt.parts] == read["w"]
        rows = read[joint]
        assert isinstance(rows, list)
        assert [ours(part.items) for part in prompt.parts] == [theirs(row) for row in rows]
    else:
        assert ours(prompt.parts[0].items) == theirs(read)


@pytest.mark.parametrize(
    ("a1111", "compel"),
    [
        ("(x:1.3)", "(x)1.3"),
        ("(x)", "(x)1.1"),
        ("((x))", "(x)1.21"),
        ("[x]", "(x)0.9091"),
        ("[[x]]", "(x)0.8264"),
        ("(a (b:1.2) c:1.1)", "(a)1.1 (b)1.32 (c)1.1"),
        (r"\(x\)", r"\(x\)"),
        (r"\[x\]", "[x]"),
        ("a AND b", '("a", "b").and()'),
        ("a :1.2 AND b :0.5", '("a", "b").and(1.2, 0.5)'),
        ("a BREAK b", '("a", "b").and()'),
        ("c++ and T-shirt-", "c ++ and T-shirt -"),
        ("(c++:1.2) cat", "(c)1.2 ++ cat"),
        ("(black - white:1.2)", "(black)1.2 - (white)1.2"),
        ("what?--v 5", "what? --v 5"),
        ('"quoted"', r"\"quoted\""),
        ("(x:1.2)2 cats", "(x)1.2 2 cats"),
        ("(:1.2) ( :1.2) cat", "   cat"),
        ("(x:1.2), cat", "(x)1.2, cat"),
    ],
)
def test_the_table_of_the_contract(a1111: str, compel: str) -> None:
    assert reword(a1111, A1111, COMPEL)[0] == compel


@pytest.mark.parametrize(
    ("compel", "a1111"),
    [("(x)1.3", "(x:1.3)"), ("x++", "(x:1.21)"), ("x-", "(x:0.9)"), ("[x]", r"\[x\]"), ("(x)", "x")],
)
def test_and_back(compel: str, a1111: str) -> None:
    assert reword(compel, COMPEL, A1111)[0] == a1111


def test_what_has_no_counterpart_is_said() -> None:
    text, notes = reword('("a cat", "a dog").blend(0.7, 0.3)', COMPEL, A1111)
    assert text == "a cat :0.7 AND a dog :0.3"
    assert notes == ("A1111 cannot blend: the prompts were joined by AND",)
    text, notes = reword("a cat.swap(dog)", COMPEL, A1111)
    assert text == "a dog"
    assert "swaps attention" in notes[0]
    text, notes = reword("[cat:dog:0.6] [a|b]", A1111, COMPEL)
    assert text == "cat a"
    assert len(notes) == 2


def test_a_weight_below_nothing_is_none() -> None:
    assert reword("(x:-0.5)", A1111, COMPEL)[0] == "(x)0"


def test_parts_keep_their_backslashes() -> None:
    assert parse(write(parse('("a\\\\ ", "b").and()'))) == parse('("a\\\\ ", "b").and()')
