"""`darkroom profiles`: kept, changed, asked and discovered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.answering import answering, program
from tests.servers.fooocus_api import FooocusApiServer
from tests.servers.process import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.cli.conftest import Cli


def test_profiles_are_kept_changed_and_used(cli: Cli, url: str) -> None:
    added = cli("profiles", "add", "box", url, "--set", "steps=3")
    assert added.code == 0
    assert "no AI" in added.err, "the server was asked and said what it is"
    assert cli("profiles", "default", "box").code == 0
    made = cli("generate", "x", "--size", "64x64", "--json")
    assert made.code == 0, made.err
    assert (made.json()["profile"], made.json()["parameters"]["steps"]) == ("box", 3)
    edited = cli("profiles", "edit", "box", "--name", "shed", "--secret", "env:TOKEN", "--no-verify-tls")
    assert edited.code == 0
    shed = cli("profiles", "--json").json()[0]
    assert (shed["name"], shed["auth"], shed["secret"], shed["verify_tls"]) == (
        "shed",
        "bearer",
        "env:TOKEN",
        False,
    )
    missing = cli("profiles", "test", "shed")
    assert missing.code == 6
    assert "TOKEN is not set" in missing.err
    found = cli("profiles", "test", "shed", "--json", TOKEN="abc")  # noqa: S106 - of this test alone
    assert found.json()["service"] == "comfyui"
    assert cli("profiles", "delete", "shed").code == 0


def test_a_server_that_is_down_is_kept_all_the_same(cli: Cli) -> None:
    done = cli("profiles", "add", "box", "http://127.0.0.1:1", "--service", "comfyui")
    assert done.code == 0
    assert "connection refused" in done.err
    assert cli("profiles", "test", "box").code == 3


def test_all_fields_of_a_profile_are_given_and_changed(cli: Cli) -> None:
    options = ("--default", "size=1152x896", "--default", "model=a b.safetensors", "--header", "X-Team=ink")
    login = ("--username", "me@here", "--secret", "env:TOKEN", "--inactive", "--server-settings", "--no-test")
    queue = ("--queue-depth", "5", "--group-checkpoints")
    added = cli("profiles", "add", "box", "--service", "invokeai", *login, *options, *queue)
    assert added.code == 0, added.err
    assert cli("profiles", "--json").json()[-1] == {
        "name": "box",
        "service": "invokeai",
        "url": "http://127.0.0.1:9090",
        "auth": "login",
        "username": "me@here",
        "secret": "env:TOKEN",
        "headers": {"X-Team": "ink"},
        "verify_tls": True,
        "server_settings": True,
        "queue_depth": 5,
        "group_checkpoints": True,
        "members": [],
        "active": False,
        "defaults": {"width": 1152, "height": 896, "checkpoint": "a b.safetensors"},
        "default": False,
    }
    assert "inactive" in cli("profiles").out
    edited = cli("profiles", "edit", "box", "--active", "--service", "fooocus-api", "--auth", "api-key")
    assert edited.code == 0, edited.err
    box = cli("profiles", "--json").json()[0]
    assert (box["url"], box["auth"], box["active"]) == ("http://127.0.0.1:8888", "api-key", True)
    assert box["queue_depth"] == 5
    refused = cli("profiles", "edit", "box", "--queue-depth", "101", "--no-group-checkpoints")
    assert refused.code == 2
    assert "between 1 and 100" in refused.err
    assert cli("profiles", "edit", "box", "--queue-depth", "0").code == 2


async def test_a_server_is_asked_what_it_is(cli: Cli) -> None:
    async with program("forge") as forge, program("fooocus-api-locked") as locked:
        added = await asyncio.to_thread(cli, "profiles", "add", "box", forge, "--no-test")
        assert added.code == 0, added.err
        assert "It is Forge" in added.err
        key = ("--secret", "env:KEY", "--no-test")
        added = await asyncio.to_thread(cli, "profiles", "add", "key", locked, *key, KEY="abc")
        assert added.code == 0, added.err
    assert [(p["name"], p["service"], p["auth"]) for p in cli("profiles", "--json").json()] == [
        ("box", "a1111", "none"),
        ("key", "fooocus-api", "api-key"),
        ("demo", "comfyui", "none"),
    ]
    async with answering({"/": {"status": 200, "body": "Ollama is running"}}) as ollama:
        refused = await asyncio.to_thread(cli, "profiles", "add", "x", ollama)
    assert refused.code == 2
    assert "What answers there is Ollama" in refused.err
    assert "--service" in refused.err


async def test_servers_are_discovered_and_kept(cli: Cli) -> None:
    async with program("forge") as forge, program("invokeai") as invoke, program("invokeai-users") as users:
        hosts = [option for url in (forge, invoke, users) for option in ("--host", url)]
        told = await asyncio.to_thread(cli, "profiles", "discover", *hosts)
        assert told.code == 0
        assert "InvokeAI 6.14.2" in told.out
        assert f"wants credentials: darkroom profiles add NAME {users} --auth login" in told.out
        assert "discover --add` keeps those" in told.err
        kept = await asyncio.to_thread(cli, "profiles", "discover", "--add", "--json", *hosts)
        assert [(f["service"], f["profile"], f["added"], f["auth"]) for f in kept.json()] == [
            ("a1111", "forge", True, "none"),
            ("invokeai", "invokeai", True, "none"),
            ("invokeai", None, False, "login"),
        ]
        again = await asyncio.to_thread(cli, "profiles", "discover", "--add", *hosts)
        assert "kept as forge" in again.out
    assert [p["name"] for p in cli("profiles", "--json").json()] == ["forge", "invokeai", "demo"]
    nothing = cli("profiles", "discover", "--host", "127.0.0.1:9", "--json")
    assert (nothing.code, nothing.json()) == (3, [])


async def test_an_address_is_used_by_what_answers_there(cli: Cli) -> None:
    async with program("invokeai") as url:
        done = await asyncio.to_thread(cli, "profiles", "test", url)
    assert "This is not ComfyUI" not in done.err


@pytest.fixture
async def fooocus(tmp_path: Path) -> AsyncIterator[FooocusApiServer]:
    """A server of another service than ComfyUI; its sampler takes its time."""
    async with running(FooocusApiServer(tmp_path / "fooocus")) as server:
        yield server


async def test_a_job_at_an_address_is_found_again_by_a_later_process(
    cli: Cli, fooocus: FooocusApiServer
) -> None:
    options = ("--size", "64x64", "--set", "steps=60", "--quiet")
    process = cli.start("generate", "x", "--url", fooocus.url, *options)

    def newest() -> Any:
        found = cli("history", "--json").json()
        return found[0] if found else {"status": "none"}

    async with asyncio.timeout(60):
        while (await asyncio.to_thread(newest))["status"] not in ("queued", "running"):
            assert process.poll() is None
    process.kill()
    process.communicate()
    assert newest()["profile"] == f"fooocus-api+{fooocus.url}", "what it is, was found out by asking"
    done = await asyncio.to_thread(cli, "recover", "--json")
    assert done.code == 0, done.err
    assert [found["status"] for found in done.json()] == ["complete"]
    again = await asyncio.to_thread(cli, "rerun", str(newest()["number"]), "--quiet")
    assert again.code == 0, again.err


async def test_a_key_that_is_wanted_is_named_and_used(cli: Cli, tmp_path: Path) -> None:
    async with running(FooocusApiServer(tmp_path / "locked", key="abc")) as server:
        found = (await asyncio.to_thread(cli, "profiles", "discover", "--host", server.url)).out
        assert "wants credentials" in found
        assert "--auth api-key --secret REF" in found
        added = await asyncio.to_thread(
            cli, "profiles", "add", "box", server.url, "--secret", "env:KEY", KEY="abc"
        )
        assert added.code == 0, added.err
        assert "kept all the same" not in added.err, "it opened"
        refused = await asyncio.to_thread(cli, "profiles", "test", "box", KEY="wrong")
        assert refused.code == 3
        opened = await asyncio.to_thread(cli, "profiles", "test", "box", "--json", KEY="abc")
        assert opened.json()["service"] == "fooocus-api"
