"""Prompt templates: what they stand for, what is no template, and what is refused before anything hangs."""

from __future__ import annotations

import contextlib
import json
import random
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.batch.expand import Expand, draw
from darkroom.domain.batch.measure import (
    CEILING,
    Extent,
    Files,
    Measure,
    refuse_too_long,
    refuse_too_many_prompts,
    refuse_unknown,
)
from darkroom.domain.batch.template import MAX_DEPTH, MAX_LENGTH, Template, has_syntax, parse, wildcards_in
from darkroom.domain.errors import InputError

RECORDED = json.loads(
    (Path(__file__).parents[2] / "data/dynamicprompts-0.31.0/expansions.json").read_text(encoding="utf-8")
)


def every(template: Template, known: Files) -> tuple[str, ...]:
    return Expand(known).every(template)


def measure(template: Template, known: Files) -> Extent:
    return Measure(known).of(template)


def files(**lines: list[str]) -> Files:
    return {name: tuple(map(parse, found)) for name, found in lines.items()}


def expanded(text: str, known: Files | None = None) -> list[str]:
    return list(every(parse(text), known or {}))


@pytest.mark.parametrize("text", RECORDED["prompts"])
def test_templates_stand_for_what_dynamic_prompts_makes_of_them(text: str) -> None:
    """Recorded with dynamicprompts 0.31.0, `CombinatorialPromptGenerator`."""
    known = files(**RECORDED["files"])
    recorded = RECORDED["prompts"][text]
    assert expanded(text, known) == list(dict.fromkeys(recorded))
    assert measure(parse(text), known).prompts >= len(recorded)
    assert max(map(len, recorded)) <= measure(parse(text), known).longest


OPEN = [":{ :} {", "}{", '{"never": "closed", "a|b"', "o__o ____ __ __ snake_case __"]
"""Plain, but what stands before or behind them may close what they begin."""

PLAIN = [
    *OPEN,
    "",
    "a quiet harbour",
    "(mist:1.2), [a|b], [cat:dog:0.5], <lora:x:0.8>",
    "{masterpiece}, {{best}}",
    "100% cotton, $5 #1 \\{x\\}",
    "{}",
    "a | b",
    '{"scene": "harbour", "mood": "a|b", "light": {"dusk": "x|y"}}',
    '{ "a": "}|{" }',
    '{"3": {"class_type": "KSampler", "inputs": {"seed": 5, "model": ["4", 0]}}}',
    "${HOME} %{a}",
    "{[a|b]}",
    "two\nlines\ttab \u2028 \ud800",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_template_stays_as_it_is(text: str) -> None:
    assert not has_syntax(text)
    assert expanded(text) == [text]


@pytest.mark.parametrize("text", [text for text in PLAIN if text not in OPEN])
def test_what_is_no_template_stays_as_it_is_beside_one(text: str) -> None:
    assert expanded("{red|blue} " + text) == ["red " + text, "blue " + text]


@pytest.mark.parametrize(
    ("text", "prompts"),
    [
        ("{[red|blue] car|bike}", ["[red|blue] car", "bike"]),
        ("{100% a|$5 #b}", ["100% a", "$5 #b"]),
        ("{ a | b }", [" a ", " b "]),
        ("{[a|b}", ["[a", "b"]),
        ("{a|{b}}", ["a", "{b}"]),
        ("{ x {a|b}", ["{ x a", "{ x b"]),
        ('{"a": 1}{x|y}', ['{"a": 1}x', '{"a": 1}y']),
        ("{0::a|b}", ["b"]),
        ("{a|a}", ["a"]),
        ("{|}", [""]),
        ("{1$$solo}", ["solo"]),
        ("a\\{b|c}", ["a\\b", "a\\c"]),
    ],
)
def test_further_templates(text: str, prompts: list[str]) -> None:
    assert expanded(text) == prompts


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a {red|blue", "never closed"),
        ("{a|{b|c}", "never closed"),
        ("{2$$a", "never closed"),
        ("a red|blue} b", "never opened"),
        ("{a|b} c|d}", "never opened"),
        ("{3$$a|b}", "3 of 2 options"),
        ("{2-1$$a|b}", "wrong way round"),
        ("{0::a|0::b}", "nothing to choose"),
        ("${season={summer|winter}}", "Variables"),
        ("${a=!{b|c}}", "Variables"),
        ("{" * (MAX_DEPTH + 1) + "a|b" + "}" * (MAX_DEPTH + 1), "too deep"),
        ("x" * (MAX_LENGTH + 1), "too long"),
    ],
)
def test_what_is_written_wrong_is_refused_with_advice(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text)
    assert says in caught.value.title


def test_the_place_of_a_mistake_is_shown() -> None:
    with pytest.raises(InputError) as caught:
        parse("a very long beginning of a prompt, then {red|blue and no end")
    assert "{red|blue" in caught.value.detail
    assert caught.value.hint


def test_wildcards_are_named() -> None:
    found = wildcards_in(parse("__a__ {__b/c__|{2$$__d e__}} ____f-g____ __h_i__ __9__"))
    assert found == {"a", "b/c", "d e", "f-g", "h_i", "9"}
    assert wildcards_in(parse("__no\nname__ __ x__ __{a}__")) == set()


def test_unknown_wildcards_are_named_with_the_nearest() -> None:
    with pytest.raises(InputError, match="__colr__") as caught:
        refuse_unknown({"colr", "place"}, {"colour", "place"}, "wildcards")
    assert "__colour__" in caught.value.hint
    with pytest.raises(InputError, match=r"__zz__") as caught:
        refuse_unknown({"zz"}, {"colour"}, "/home/x/wildcards")
    assert "/home/x/wildcards" in caught.value.hint
    with pytest.raises(InputError) as caught:
        refuse_unknown(wildcards_in(parse("__col*__")), {"colour"}, "wildcards")
    assert "patterns" in caught.value.detail


def test_wildcards_that_lead_to_themselves_are_refused() -> None:
    with pytest.raises(InputError, match="back to itself") as caught:
        every(parse("__a__"), files(a=["x", "{__b__|y}"], b=["__a__"]))
    assert "__a__ → __b__ → __a__" in caught.value.detail


def test_wildcards_that_lead_too_deep_are_refused() -> None:
    def chain(length: int) -> Files:
        return files(**{f"w{n}": [f"__w{n + 1}__" if n < length else "end"] for n in range(length + 1)})

    assert every(parse("__w0__"), chain(MAX_DEPTH - 1)) == ("end",)
    with pytest.raises(InputError, match="too deep"):
        every(parse("__w0__"), chain(MAX_DEPTH))
    # Known from a first use, but too deep where it is used next.
    with pytest.raises(InputError, match="too deep"):
        every(parse("__w12__ " + "{a|" * 20 + "__w12__" + "}" * 20), chain(MAX_DEPTH))


@pytest.mark.parametrize(
    "text",
    [
        "{a|b}" * 19_000,
        "{a|b} " * 14,
        "{8$$" + "|".join(map(str, range(12))) + "}",
        "{1000$$" + "|".join(map(str, range(1000))) + "}",
        "{-$$" + "|".join(map(str, range(15_000))) + "}",
        "__deep__",
        "{50$$__many__}",
    ],
    ids=lambda text: text[:12],
)
def test_an_explosion_is_counted_and_refused_at_once(text: str) -> None:
    known = files(
        deep=["__deep1__ __deep1__"] * 100,
        deep1=["__deep2__ __deep2__"] * 100,
        deep2=["{a|b}{c|d}"] * 100,
        many=[str(n) for n in range(50_000)],
    )
    started = time.perf_counter()
    with pytest.raises(InputError, match="That would be"):
        every(parse(text), known)
    assert time.perf_counter() - started < 5


def test_texts_that_double_in_every_file_are_refused() -> None:
    known = files(**{f"w{n}": [f"__w{n + 1}__ __w{n + 1}__"] for n in range(20)}, w20=["x" * 10])
    extent = measure(parse("__w0__"), known)
    assert extent.prompts == 1
    assert extent.longest > MAX_LENGTH
    with pytest.raises(InputError, match="too long"):
        refuse_too_long(extent)


@pytest.mark.parametrize(
    "text",
    ["{" * 50_000, "}" * 50_000, "{|" * 50_000, "[" * 90_000, "__a" * 30_000],
    ids=lambda text: text[:2],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    with contextlib.suppress(InputError):
        parse(text)
    assert time.perf_counter() - started < 3


def test_a_draw_is_repeatable() -> None:
    known = files(colour=["red", "green", "{dark|light} blue"])
    template = parse("{2$$a|b|c} __colour__ {3::x|y}")
    first = [draw(template, known, random.Random(f"{n}")) for n in range(50)]
    assert first == [draw(template, known, random.Random(f"{n}")) for n in range(50)]
    assert len(set(first)) > 20
    assert set(first) <= set(every(template, known))


def test_weights_count() -> None:
    template = parse("{8::a|1::b|1::c}")
    drawn = Counter(draw(template, {}, random.Random(n)) for n in range(2000))
    assert 1500 < drawn["a"] < 1700
    firsts = Counter(draw(parse("{2$$8::a|1::b|1::c}"), {}, random.Random(n))[0] for n in range(2000))
    assert 1500 < firsts["a"] < 1700


_plain = st.text("ab ,.(:1)[]$%#\n", max_size=6)
_template = st.recursive(
    _plain,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "{" + "|".join(parts) + "}"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: "{1-2$$" + "|".join(parts) + "}"),
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.just("__w__"),
    ),
    max_leaves=8,
)
_WORDS = files(w=["one", "{two|three}"])


@given(_template, st.integers())
def test_every_prompt_is_counted_and_every_draw_is_one_of_them(text: str, seed: int) -> None:
    try:
        template = parse(text)
        extent = measure(template, _WORDS)
        refuse_too_many_prompts(extent)
    except InputError:
        return
    prompts = every(template, _WORDS)
    assert 1 <= len(prompts) <= extent.prompts < CEILING
    assert max(map(len, prompts)) <= extent.longest
    assert draw(template, _WORDS, random.Random(seed)) in prompts


@given(st.text('{}|[]_$"a:1-, \\\n', max_size=60))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    try:
        template = parse(text)
    except InputError:
        return
    if not has_syntax(text):
        assert "".join(map(str, template)) == text
