"""`darkroom profiles group`: made, listed, asked, changed, deleted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.servers.answering import answering, comfyui

if TYPE_CHECKING:
    from tests.cli.conftest import Cli


CONFIG = """\
[profiles]
a = { url = "http://127.0.0.1:9" }
b = { url = "http://127.0.0.1:9" }
i = { service = "invokeai" }
[groups.farm]
profiles = ["b", "a"]
"""


def configured(cli: Cli, text: str) -> Cli:
    folder = cli.home / "config"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return cli


@pytest.fixture
def farm(cli: Cli) -> Cli:
    """A command line with three servers, and a group of the two that are of one service."""
    return configured(cli, CONFIG)


def test_a_group_is_listed_with_its_servers(farm: Cli) -> None:
    record = next(known for known in farm("profiles", "--json").json() if known["name"] == "farm")
    assert (record["members"], record["service"], record["url"]) == (["b", "a"], "comfyui", "")
    assert "group of b, a" in farm("profiles", "list").out


def test_a_group_is_made_and_changed(farm: Cli) -> None:
    made = farm("profiles", "group", "both", "a", "b")
    assert made.code == 0
    assert "“both” is kept in" in made.err
    assert farm("profiles", "group", "farm", "a").code == 0
    known = {record["name"]: record["members"] for record in farm("profiles", "--json").json()}
    assert known == {"a": [], "b": [], "i": [], "farm": ["a"], "both": ["a", "b"], "demo": []}


def test_a_group_can_be_the_default(farm: Cli) -> None:
    assert farm("profiles", "default", "farm").code == 0
    known = {record["name"]: record["default"] for record in farm("profiles", "--json").json()}
    assert known == {"a": False, "b": False, "i": False, "farm": True, "demo": False}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("group", "farm"), "needs the names of its servers"),
        (("group", "farm", "a", "i"), "different services"),
        (("group", "new", "aa"), "no profile is called “aa”"),
        (("group", "a", "b"), "a profile has that name"),
        (("group", "absent", "--delete"), "There are: farm"),
        (("group", "a", "--delete"), "No group is called “a”"),
        (("group", "farm", "a", "--delete"), "takes a group's name alone"),
        (("add", "farm", "http://127.0.0.1:9", "--no-test"), "There is a group “farm” already"),
        (("edit", "farm", "--inactive"), "darkroom profiles group farm b a changes it"),
        (("edit", "a", "--service", "a1111"), "is in the group “farm”, whose servers are ComfyUI"),
        (("edit", "a", "--name", "farm"), "There is a group “farm” already"),
    ],
)
def test_what_cannot_be_done_with_a_group_is_told(farm: Cli, arguments: tuple[str, ...], word: str) -> None:
    before = farm("profiles", "--json").out
    done = farm("profiles", *arguments)
    assert done.code == 2
    assert word in done.err
    assert farm("profiles", "--json").out == before


def test_a_group_goes_on_without_a_server_that_is_deleted(farm: Cli) -> None:
    done = farm("profiles", "delete", "a")
    assert done.code == 0
    assert "no longer in farm" in done.err
    assert "only server of the group" in farm("profiles", "delete", "b").err
    assert farm("profiles", "group", "farm", "--delete").code == 0
    assert farm("profiles", "delete", "b").code == 0
    assert [known["name"] for known in farm("profiles", "--json").json()] == ["i", "demo"]


async def test_the_servers_of_a_group_are_asked_together(farm: Cli) -> None:
    gone = farm("profiles", "test", "farm")
    assert gone.code == 3
    assert "None of 2 servers can be used" in gone.err
    async with answering(comfyui()) as url:
        changed = await asyncio.to_thread(farm, "profiles", "edit", "a", "--url", url)
        assert changed.code == 0, changed.err
        asked = await asyncio.to_thread(farm, "profiles", "test", "farm", "--json")
    assert asked.json()["label"] == "1 of 2 up"
    assert any(line == "a: ComfyUI 0.3.64" for line in asked.json()["devices"])


def test_a_group_with_a_mistake_is_told_by_name(cli: Cli) -> None:
    done = configured(cli, '[groups.farm]\nprofiles = ["absent"]\n')("profiles", "test", "farm")
    assert done.code == 6
    assert "no profile is called “absent”" in done.err
