"""Finding again: words are data, filters are exact, the order is newest first."""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkroom.domain.generation import Status
from darkroom.domain.query import parse_filter
from darkroom.store.search import words
from darkroom.store.store import Store

from .recipes import OWNER, complete, new

if TYPE_CHECKING:
    from darkroom.domain.parameters import Value

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
"""Every code point there is, lone surrogates and NUL included."""


FOUND = {
    "steps>=30": ["three", "two MIST"],
    "steps<30": ["one mist"],
    "width=1024": ["three", "two MIST"],
    "cfg<=3.5": ["one mist"],
    "sampler=DDIM": ["two MIST"],
    "sampler!=ddim": ["three", "one mist"],
    "sampler!=DDIM": ["three", "one mist"],
    "status=failed": ["two MIST"],
    "status!=failed": ["three", "one mist"],
    "prompt~mist": ["two MIST", "one mist"],
    "model~%_": ["three"],
    "model=100%_x.ckpt": ["three"],
    "lora~grain": ["one mist"],
    "lora=": ["three", "two MIST"],
    "seed=18446744073709551615": ["three"],
    "seed>9": ["three", "two MIST"],
    "seed>=10": ["three", "two MIST"],
    "seed<10": ["one mist"],
    "seed<=18446744073709551614": ["two MIST", "one mist"],
    "seed>-1": ["three", "two MIST", "one mist"],
    "seed<-1": [],
    "seed!=9": ["three", "two MIST"],
    "duration<2": ["one mist"],
    "duration!=1": ["three", "two MIST"],
    "outputs>0": ["one mist"],
    "created>2026-01-01": ["three", "two MIST", "one mist"],
    "created<2026-01-01": [],
    "number<=2": ["two MIST", "one mist"],
    "workflow=harbours": ["three", "two MIST", "one mist"],
    "batch=1": ["three", "two MIST", "one mist"],
}
"""Filter → prompts of what it finds among three generations, newest first."""


async def find(store: Store, text: str = "", *filters: str, session_id: str | None = None) -> list[str]:
    """Prompts of what is found."""
    found = await store.search.find(text, filters=[parse_filter(f) for f in filters], session_id=session_id)
    return [row.prompt for row in found]


async def test_all_words_are_found_and_the_last_one_as_it_is_typed(store: Store) -> None:
    session = await store.sessions.create("s")
    for prompt in ("a quiet harbour, mist", "a harbour at noon", "mistletoe", "Café à l'œuvre"):
        await complete(store, session.id, prompt, values={"4.ckpt_name": "sdxl.ckpt"})
    assert await find(store, "harbour") == ["a harbour at noon", "a quiet harbour, mist"]
    assert await find(store, "mist harbour") == ["a quiet harbour, mist"]
    assert await find(store, "mis") == ["mistletoe", "a quiet harbour, mist"]
    assert await find(store, "mis harbour") == [], "only the last word is unfinished"
    assert await find(store, "HARBOUR (mist:1.2)") == []
    assert await find(store, "cafe") == ["Café à l'œuvre"]
    assert len(await find(store, "")) == len(await find(store, "  *\"'()- ")) == 4


@pytest.mark.parametrize(
    ("typed", "prompt"),
    [
        ("(mist:1.2)", "a (mist:1.2) harbour"),
        ('"mist', 'the "mist" word'),
        ("AND", "salt AND pepper"),
        ("NOT NEAR(x)", "not near(x) it"),
        ("mist*", "some mist*"),
        ("prompt:mist", "the prompt:mist column"),
        ("🌊 wave", "🌊 wave 🌊"),
        ("a\0b", "a\0b"),
        ("^start", "^start"),
        ("雨の港", "雨の港"),
        ("港", "雨の港、夜"),
        ("ท่าเรือ", "ภาพท่าเรือเก่า"),
        ("港 film", "港の夜 filmic"),
        ("<lora:foo_bar:0.8>", "x <lora:foo_bar:0.8>"),
        ("e\u0301te\u0301", "été"),
        ("-minus", "a -minus b"),
    ],
)
async def test_syntax_is_data(store: Store, typed: str, prompt: str) -> None:
    session = await store.sessions.create("s")
    await complete(store, session.id, "another thing")
    await complete(store, session.id, prompt)
    assert await find(store, typed) == [prompt]


async def test_other_columns_and_long_prompts_are_searched(store: Store) -> None:
    session = await store.sessions.create("s")
    long = "word " * 20_000 + "needle"
    values: dict[str, Value] = {"10.lora_name": "filmgrain.safetensors", "7.text": "watermark"}
    await complete(store, session.id, long, values=values)
    for text in ("needle", "filmgrain", "watermark", "harbour-v2.safet", long, "word-" * 30_000):
        assert await find(store, text) == [long]
    assert await find(store, "", f"prompt~{long[:-1].upper()}") == [long]
    assert await find(store, "", f"prompt~{long}x") == []


async def test_filters_alone_and_with_text(store: Store) -> None:
    session, other = await store.sessions.create("s"), await store.sessions.create("other")
    first: dict[str, Value] = {
        "3.steps": 20,
        "5.width": 512,
        "3.cfg": 3.5,
        "3.seed": 9,
        "10.lora_name": "grain.safetensors",
    }
    second: dict[str, Value] = {
        "3.steps": 30,
        "5.width": 1024,
        "3.cfg": 7.0,
        "3.seed": 10,
        "3.sampler_name": "ddim",
    }
    third: dict[str, Value] = {
        "3.steps": 40,
        "5.width": 1024,
        "3.cfg": 7.0,
        "3.seed": 2**64 - 1,
        "4.ckpt_name": "100%_x.ckpt",
    }
    await complete(store, session.id, "one mist", values=first, duration_s=1.0, data=b"x")
    await complete(store, session.id, "two MIST", values=second, status=Status.FAILED)
    await new(store, other.id, "three", values=third)
    for text, prompts in FOUND.items():
        assert await find(store, "", text) == prompts, text
    assert await find(store, "mist", "steps>=30", "width=1024") == ["two MIST"]
    assert await find(store, "", session_id=session.id) == ["two MIST", "one mist"]


async def test_the_trash_is_not_searched_and_pages_go_on(store: Store) -> None:
    session, thrown = await store.sessions.create("s"), await store.sessions.create("thrown")
    made = [await complete(store, session.id, f"harbour {i}") for i in range(6)]
    await complete(store, thrown.id, "harbour in the thrown session")
    await store.generations.trash([made[5].id])
    await store.sessions.trash(thrown.id)
    for text in ("harbour", ""):
        pages = [await store.search.find(text, limit=2, offset=offset) for offset in (0, 2, 4)]
        assert [row.prompt for page in pages for row in page] == [f"harbour {i}" for i in (4, 3, 2, 1, 0)]


async def test_a_changed_status_changes_what_is_found(store: Store) -> None:
    session = await store.sessions.create("s")
    made = await new(store, session.id)
    assert await find(store, "harbour", "status=complete") == []
    await store.generations.finish(made.id, OWNER, Status.COMPLETE, finished_at=made.created_at)
    assert await find(store, "harbour", "status=complete") == ["a quiet harbour"]


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT), min_size=1, max_size=4))
def test_any_prompt_is_kept_exactly_and_found_by_its_own_words(texts: list[tuple[str, str]]) -> None:
    async def check(folder: Path) -> None:
        store = await Store.open(folder / "darkroom.db", folder / "blobs")
        try:
            session = await store.sessions.create(texts[0][1])
            for prompt, typed in texts:
                made = await complete(store, session.id, prompt)
                whole = await store.generations.get(made.id)
                assert whole is not None
                assert whole.snapshot.values["6.text"] == prompt
                found = [row.id for row in await store.search.find(prompt)]
                # Letters newer than SQLite's tables (Unicode 6.1) make no words.
                assert made.id in found or not any(c.isascii() and c.isalnum() for c in prompt)
                await store.search.find(typed)
        finally:
            await store.aclose()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder)))


@given(ANY_TEXT)
def test_an_expression_holds_quoted_pieces_only(text: str) -> None:
    expression, parts = words(text)
    assert all(len(part.split()) == 1 for part in parts)
    assert expression == "" or re.fullmatch(r'("[^"\0\s]+" )*"[^"\0\s]+"\*', expression)
