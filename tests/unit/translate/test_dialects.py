"""Prompts in each dialect: what is written is read again as the same tree."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.domain.translate.dialects import (
    A1111,
    ALL,
    COMFYUI,
    COMPEL,
    FOOOCUS,
    PLAIN,
    Dialect,
    lowered,
    reword,
)
from darkroom.domain.translate.tree import Prompt, settled
from tests.unit.translate.squeezed import squeezed
from tests.unit.translate.trees import prompts

by_title = pytest.mark.parametrize("dialect", ALL, ids=lambda dialect: dialect.title)


@by_title
@given(data=st.data())
def test_what_is_written_is_read_again(dialect: Dialect, data: st.DataObject) -> None:
    tree = dialect.fit(data.draw(prompts(dialect)))
    written = dialect.write(tree)
    assert squeezed(dialect.parse(written)) == squeezed(tree), written


@by_title
@given(text=st.text(alphabet="ab12 :.,|+-_<>\\\"'()[]{}\n", max_size=40))
def test_every_text_has_a_tree_that_stays(dialect: Dialect, text: str) -> None:
    tree = dialect.parse(text)
    assert settled(tree) == tree
    tree = dialect.fit(tree)
    assert squeezed(dialect.parse(dialect.write(tree))) == squeezed(tree), dialect.write(tree)


@given(data=st.data(), source=st.sampled_from(ALL), target=st.sampled_from(ALL))
def test_from_one_to_another_nothing_goes_unsaid(
    data: st.DataObject, source: Dialect, target: Dialect
) -> None:
    tree = data.draw(prompts(source))
    low, notes = lowered(tree, target)
    assert squeezed(target.parse(target.write(low))) == squeezed(low)
    if not notes:
        assert squeezed(low) == squeezed(target.fit(tree))


@pytest.mark.parametrize("dialect", [A1111, COMFYUI, FOOOCUS, COMPEL, PLAIN], ids=lambda d: d.title)
def test_deep_and_broken_texts_are_read(dialect: Dialect) -> None:
    for text in (
        "(" * 5000,
        ")" * 5000,
        "(" * 3000 + "a" + ")" * 3000,
        "[" * 3000 + "a:b" + "]" * 3000,
        "\\" * 999,
    ):
        assert isinstance(dialect.parse(text), Prompt)


@pytest.mark.parametrize(
    ("source", "target"), zip(ALL, (*ALL[1:], ALL[0]), strict=True), ids=lambda dialect: dialect.title
)
def test_long_prompts_take_time_that_grows_with_their_length(source: Dialect, target: Dialect) -> None:
    """A prompt from a stranger must not hold the screen: by the length squared it took minutes."""
    text = "grüße, (mist:1.2) [blurry] <x> embedding:y w+ \\( " * 6400
    begun = time.process_time()
    reword(text, source, target)
    assert time.process_time() - begun < 20
