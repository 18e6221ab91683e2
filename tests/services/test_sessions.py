"""Sessions through the service: unique names, the first one, trash and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from darkroom.domain.errors import InputError

if TYPE_CHECKING:
    from darkroom.services.core import Core


async def test_an_empty_home_gets_a_first_session_once(core: Core) -> None:
    first = await core.sessions.last()
    assert (await core.sessions.last()).id == first.id
    assert len(await core.sessions.list()) == 1


async def test_names_are_made_unique(core: Core) -> None:
    names = [(await core.sessions.create("harbour")).name for _ in range(3)]
    assert names == ["harbour", "harbour 2", "harbour 3"]


async def test_renaming_to_its_own_name_changes_nothing(core: Core) -> None:
    session = await core.sessions.create("harbour")
    await core.sessions.rename(session.id, "harbour")
    assert (await core.sessions.named("harbour")) is not None
    with pytest.raises(InputError):
        await core.sessions.rename(session.id, "  \n ")


async def test_hostile_names_become_one_printable_line(core: Core) -> None:
    session = await core.sessions.create("a\x1b[31mb\nc\u202ed" + "x" * 500)
    assert "\x1b" not in session.name
    assert "\n" not in session.name
    assert "\u202e" not in session.name
    assert len(session.name) <= 80


async def test_the_trash_gives_a_session_back(core: Core) -> None:
    session = await core.sessions.create("harbour")
    await core.sessions.trash(session.id)
    assert session.id not in {s.id for s in await core.sessions.list()}
    await core.sessions.restore(session.id)
    assert session.id in {s.id for s in await core.sessions.list()}
