"""Trees of prompts for property tests: what each dialect can hold."""

from __future__ import annotations

from hypothesis import strategies as st

from darkroom.domain.translate.dialects import Can, Dialect
from darkroom.domain.translate.tree import (
    Alternated,
    Break,
    Embedding,
    Item,
    Items,
    Joint,
    Listed,
    Part,
    Prompt,
    Scheduled,
    Swapped,
    Tag,
    Text,
    Wildcard,
    settled,
)

WORDS = st.text(
    alphabet=st.sampled_from([*"abc xyz 019.,:;|!'-+()[]{}\\\"/#*é日🐱\n"]), min_size=1, max_size=12
)
"""Awkward texts. No letters that make AND, BREAK, tags or embeddings: those mean something."""

PLAIN_WORDS = st.text(alphabet="abcxyz ,", min_size=1, max_size=10)
NAMES = st.text(alphabet="abcxyz_.-0", min_size=1, max_size=8).filter(
    lambda name: "__" not in name and name.strip("_.-") == name
)
WEIGHTS = st.one_of(st.just(1.0), st.integers(0, 30_000).map(lambda n: n / 10_000))


def prompts(dialect: Dialect, words: st.SearchStrategy[str] = WORDS) -> st.SearchStrategy[Prompt]:
    """Settled trees that `dialect` can hold."""
    can = dialect.can
    weights = WEIGHTS if Can.WEIGHT in can else st.just(1.0)
    leaves: list[st.SearchStrategy[Item]] = [st.builds(Text, words, weights)]
    if Can.EMBEDDING in can:
        leaves.append(st.builds(Embedding, NAMES, weights))
    if Can.WILDCARD in can:
        leaves.append(st.builds(Wildcard, NAMES.map(lambda name: name.replace(".", "x")), weights))
    if Can.TAG in can:
        leaves.append(st.builds(Tag, st.just("lora"), NAMES, WEIGHTS))
    branch: st.SearchStrategy[Items] = st.lists(st.one_of(leaves), max_size=3).map(tuple)
    inner: list[st.SearchStrategy[Item]] = []
    if Can.SCHEDULE in can:
        when = st.integers(0, 9_999).map(lambda n: n / 1000)
        inner.append(st.builds(Scheduled, branch, branch, when))
    if Can.ALTERNATE in can:
        options = st.lists(branch, min_size=2, max_size=3).map(tuple)
        inner.append(st.builds(Alternated, options))
    items: list[st.SearchStrategy[Item]] = [*leaves, *inner]
    if Can.BREAK in can:
        items.append(st.just(Break()))
    if Can.LIST in can:
        option = st.builds(Text, PLAIN_WORDS.filter(lambda text: "," not in text and bool(text.strip())))
        trimmed = option.map(lambda text: (Text(text.text.strip()),))
        items.append(st.builds(Listed, st.lists(trimmed, min_size=1, max_size=3).map(tuple)))
    if Can.SWAP in can:
        word = st.text(alphabet="abcxyz", min_size=1, max_size=6).map(lambda text: (Text(text),))
        items.append(st.builds(Swapped, word, word))
    one = st.lists(st.one_of(items), max_size=5).map(tuple)
    return _whole(one, can).map(settled)


def _whole(one: st.SearchStrategy[Items], can: frozenset[Can]) -> st.SearchStrategy[Prompt]:
    alone = one.map(lambda items: Prompt((Part(items),)))
    if Can.AND not in can:
        return alone
    joints = [Joint.AND, Joint.BLEND] if Can.BLEND in can else [Joint.AND]
    parts = st.lists(st.builds(Part, one, WEIGHTS), min_size=2, max_size=3).map(tuple)
    return st.one_of(alone, st.builds(Prompt, parts, st.sampled_from(joints)))
