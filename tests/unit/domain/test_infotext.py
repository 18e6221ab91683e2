"""Reading and writing infotexts, against the real parser's answers and its own pattern."""

from __future__ import annotations

import json
import re
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from darkroom.domain.infotext import Infotext, pairs, parse, quote, unquote, write

CASES = json.loads(
    (Path(__file__).parents[2] / "data" / "a1111-forge-f2.0.1" / "infotext_parse_cases.json").read_text(
        "utf-8"
    )
)

PADDING = {**CASES[0]["parsed"], "Emphasis": "Original"}
"""What the real server adds to every answer, asked for or not."""

ADDED = {"VAE", "Model"}
"""Fields that the real server takes out again: its current model, and a VAE that it keeps elsewhere."""

ORIGINAL = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
"""Source: Forge f2.0.1, `modules/infotext_utils.py`."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["infotext"][:30])
def test_reads_what_the_real_parser_reads(case: dict[str, object]) -> None:
    found = parse(str(case["infotext"]))
    parsed = dict(case["parsed"])  # type: ignore[call-overload]
    assert (found.prompt, found.negative) == (parsed.pop("Prompt"), parsed.pop("Negative prompt"))
    ours = {key: value for key, value in found.fields.items() if key not in ADDED}
    assert ours == {k: v for k, v in parsed.items() if k in ours or PADDING.get(k) != v}


def test_a_prompt_of_pairs_is_eaten() -> None:
    # Not a wish but what every reader of infotexts does.
    found = parse("hair: red, eyes: blue, mood: calm, light: low")
    assert found.prompt == ""
    assert found.fields["eyes"] == "blue"


@given(st.text(alphabet=' \t\r\\"-/:,aäß1x_(.\u3000', max_size=40))
@example('aa: "b\\", cc: d')
@example("a: b, cc: d")
@example('aa: "b"c, dd: e')
def test_finds_the_pairs_of_the_original_pattern(line: str) -> None:
    assert list(pairs(line)) == ORIGINAL.findall(line)


@pytest.mark.parametrize(
    "line", ["a " * 200_000, "a-" * 200_000 + "\t" * 1000, ('aa: "' + "\\" * 3) * 40_000]
)
def test_long_lines_take_no_long_time(line: str) -> None:
    began = perf_counter()
    parse(line)
    assert perf_counter() - began < 5


@given(st.text(max_size=30))
def test_quoting_is_undone(value: str) -> None:
    # A bare value in quotes of its own loses them when it happens to be JSON: the original's flaw.
    if quote(value) != value or not value.startswith('"'):
        assert unquote(quote(value)) == value


_WORDS = st.text(alphabet="abc (1.2)äö", min_size=1, max_size=12).map(str.strip).filter(bool)
_KEYS = st.from_regex(r"[A-Z][a-z]{2,8}( [a-z]{2,6})?", fullmatch=True)
_VALUES = st.text(alphabet='ab ,:\n"\\1ä', min_size=1, max_size=12).filter(
    lambda v: v == v.strip() and not v.startswith('"')
)


@given(_WORDS, _WORDS | st.just(""), st.dictionaries(_KEYS, _VALUES, min_size=3))
def test_what_is_written_is_read_again(prompt: str, negative: str, fields: dict[str, str]) -> None:
    fields = {key: value for key, value in fields.items() if key != value} | {"Steps": "1", "Seed": "2"}
    infotext = Infotext(prompt, negative, {**fields, "Size-1": "512", "Size-2": "768"})
    assert parse(write(infotext)) == infotext


def test_a_key_that_is_its_value_stands_bare() -> None:
    assert write(Infotext("p", "", {"Tiling": "Tiling", "Steps": "1"})) == "p\nTiling, Steps: 1"
