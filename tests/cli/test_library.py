"""The commands that keep things in order: history, sessions, workflows, profiles, doctor."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli


def test_the_history_can_be_searched_filtered_and_tidied(cli: Cli, make: Callable[..., Any]) -> None:
    make("a quiet harbour")
    make("a loud (harbour:1.2)", "--set", "steps=3")
    make("mountains")

    def numbers(*options: str) -> list[int]:
        return [entry["number"] for entry in cli("history", "--json", *options).json()]

    assert numbers() == [3, 2, 1]
    assert numbers("harbour") == [2, 1]
    assert numbers("(harbour:1.2)", "loud") == [2]
    assert numbers("--where", "steps>=3") == [2]
    assert numbers("harb", "--where", "width=64", "--limit", "1") == [2]
    assert cli("delete", "1", "3").code == 0
    assert numbers() == [2]
    assert cli("restore", "1").code == 0
    assert numbers() == [2, 1]
    table = cli("history")
    assert [line.split()[0] for line in table.out.splitlines()] == ["#", "2", "1"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("history", "--where", "stepps>3"), "Did you mean steps?"),
        (("history", "--where", "steps"), "no filter"),
        (("history", "--limit", "0"), "from 1 on"),
        (("history", "--session", "absent"), "No session is called"),
        (("show", "7"), "7"),
        (("sessions", "delete", "absent"), "No session is called"),
        (("sessions", "restore", "absent"), "trash"),
        (("workflows", "delete", "txt2img"), "built-in"),
        (("workflows", "export", "txt2img"), "built-in"),
        (("profiles", "delete", "demo"), "demo"),
        (("profiles", "edit", "demo", "--url", "http://a"), "demo"),
        (("profiles", "add", "demo", "http://a"), "already"),
        (("profiles", "add", "box", "http://u:hunter2@a"), "user or password"),
        (("profiles", "add", "box", "http://a", "--secret", "hunter2"), "itself"),
        (("profiles", "add", "box", "http://a", "--set", "stepps=3"), "Did you mean steps?"),
        (("profiles", "add", "box", "--service", "a1111", "--default", "size=big"), "is no size"),
        (("profiles", "add", "box"), "An address or a service is needed"),
        (("profiles", "add", "box", "http://127.0.0.1:9"), "cannot be asked which service"),
        (("profiles", "add", "box", "--service", "invokeai", "--auth", "api-key"), "cannot be api-key"),
        (("profiles", "add", "box", "--service", "invokeai", "--auth", "login"), "needed for login"),
        (("profiles", "discover", "--host", "a b"), "no host"),
        (("profiles", "default", "absent"), "No profile is called"),
        (("demo", "--port", "99999"), "65535"),
    ],
)
def test_mistakes_are_told(cli: Cli, arguments: tuple[str, ...], word: str) -> None:
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    assert word in done.err
    assert "hunter2" not in done.err


def test_everything_about_a_generation_is_shown(cli: Cli, make: Callable[..., Any]) -> None:
    made = make("one\ntwo", "--seed", "7", "--session", "harbour")
    shown = cli("show", made["id"][:8]).out
    for part in (
        made["id"],
        "harbour",
        "seed        7",
        "prompt      one\n            two",
        made["outputs"][0]["path"],
    ):
        assert part in shown
    assert cli("show", "1", "--json").json() == made
    graph = json.loads(cli("show", "1", "--workflow").out)
    assert all({"class_type", "inputs"} <= set(node) for node in graph.values())


def test_pictures_and_workflows_are_copied_out(cli: Cli, make: Callable[..., Any]) -> None:
    made = make()
    first, second = cli("export", "1").out.strip(), cli("export", "1").out.strip()
    assert first != second
    for name in (first, second):
        assert (cli.cwd / name).read_bytes() == Path(made["outputs"][0]["path"]).read_bytes()
    written = cli("export", "1", "--workflow", "--to", "graph.json").out.strip()
    assert written == "graph.json"
    assert (cli.cwd / written).read_text() == cli("show", "1", "--workflow").out


def test_a_picture_whose_bytes_are_gone_is_told(cli: Cli, make: Callable[..., Any]) -> None:
    Path(make()["outputs"][0]["path"]).unlink()
    done = cli("export", "1")
    assert (done.code, done.out) == (6, "")
    assert "gone" in done.err


def test_sessions_live_and_come_back(cli: Cli) -> None:
    assert cli("sessions", "create", "harbour").out == "harbour\n"
    assert cli("sessions", "create", "harbour").out == "harbour 2\n"
    assert cli("sessions", "rename", "harbour 2", "dragons").out == "dragons\n"
    assert cli("sessions", "duplicate", "dragons").out == "dragons 2\n"
    assert cli("sessions", "delete", "dragons").code == 0

    def names(*options: str) -> list[str]:
        return sorted(entry["name"] for entry in cli("sessions", "list", "--json", *options).json())

    assert names() == ["dragons 2", "harbour"]
    assert names("--trashed") == ["dragons"]
    assert cli("sessions", "restore", "dragons").out == "dragons\n"
    assert names() == ["dragons", "dragons 2", "harbour"]


def test_workflows_are_kept_listed_and_exported(cli: Cli, url: str, make: Callable[..., Any]) -> None:
    make("x")
    graph = cli("show", "1", "--workflow").out
    assert (
        cli("workflows", "import", "-", "--name", "mine", "--default", stdin=graph.encode()).out == "mine\n"
    )
    listed = {w["name"]: w for w in cli("workflows", "--json").json()}
    assert (listed["mine"]["default"], listed["txt2img"]["default"]) == (True, False)
    assert json.loads(cli("workflows", "export", "mine").out) == json.loads(graph)
    fields = {f["address"]: f for f in cli("workflows", "show", "mine", "--profile", url, "--json").json()}
    steps = next(field for field in fields.values() if field["role"] == "steps")
    assert (steps["kind"], steps["maximum"], steps["value"]) == ("integer", 10000, 2)
    seed = next(field for field in fields.values() if field["role"] == "seed")
    assert seed["maximum"] == str(2**64 - 1)
    assert cli("workflows", "delete", "mine").code == 0
    assert [w["name"] for w in cli("workflows", "--json").json()] == ["txt2img", "upscale"]


def test_the_parameters_are_listed_in_words_with_those_that_values_bring(
    cli: Cli, url: str, tmp_path: Path
) -> None:
    plain = cli("workflows", "show", "txt2img", "--profile", url)
    assert "number from 0 to 100" in plain.out
    assert "random" in plain.out
    assert "denoise" not in plain.out
    assert "--set image=FILE" in plain.err
    picture = tmp_path / "a.png"
    grown = cli("workflows", "show", "txt2img", "--profile", url, "--set", f"image={picture}")
    assert "denoise" in grown.out


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"nodes": 3}', b"\xff", b'{"1": {}}', b"[" * 100_000])
def test_what_is_no_workflow_is_refused(cli: Cli, data: bytes) -> None:
    done = cli("workflows", "import", "-", stdin=data)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err


def test_a_workflow_of_the_web_page_is_kept_and_said_not_to_run(cli: Cli) -> None:
    page = b'{"last_node_id": 1, "nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4}'
    done = cli("workflows", "import", "-", "--name", "page", stdin=page)
    assert (done.code, done.out) == (0, "page\n")
    assert "cannot be run yet" in done.err
    assert "Export (API)" in done.err


def test_doctor_says_what_it_found(cli: Cli, make: Callable[..., Any]) -> None:
    make()
    config = cli.home / "config" / "config.toml"
    config.write_text('images = "half"\n')
    done = cli("doctor", "--json", DARKROOM_BELL="no", TMUX="")
    assert done.code == 0, done.out
    found = {(f["section"], f["name"]): f for f in done.json()}
    assert str(config) + ":1" in found["Configuration", "images"]["value"]
    assert "DARKROOM_BELL" in found["Configuration", "bell"]["value"]
    assert "default" in found["Configuration", "theme"]["value"]
    assert "images = half" in found["Terminal", "pictures"]["value"]
    assert "1 generation" in found["Database", "holds"]["value"]
    assert found["Database", "integrity"]["value"] == "sound"
    assert "asleep" in found["Servers", "demo"]["value"]
    assert found["Program", "textual"]["value"]


def test_doctor_tells_what_is_wrong(cli: Cli) -> None:
    (cli.home / "config").mkdir(parents=True)
    text = 'bell = 3\n[profiles.box]\nurl = "http://127.0.0.1:1"\n'
    (cli.home / "config" / "config.toml").write_text(text)
    done = cli("doctor")
    assert done.code == 6
    assert "bell must be text, not 3" in done.out
    assert "Nothing answers" in done.out
    assert done.err == ""
    (cli.home / "data" / "darkroom.db").write_bytes(b"rubbish" * 1000)
    assert "! database" in cli("doctor", "--offline").out


@pytest.mark.parametrize(
    ("answer", "images", "level"),
    [("on", "kitty", "fine"), ("off", "half", "note"), ("off", "kitty", "wrong")],
)
def test_doctor_explains_tmux(cli: Cli, tmp_path: Path, answer: str, images: str, level: str) -> None:
    program = tmp_path / "bin" / "tmux"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1" = -V ] && echo "tmux 3.5a" || echo {answer}\n')
    program.chmod(0o755)
    path = f"{program.parent}:{cli.env['PATH']}"
    done = cli("--images", images, "doctor", "--offline", "--json", TMUX="/tmp/x,1,0", PATH=path)  # noqa: S108
    found = {f["name"]: f for f in done.json()}
    assert found["tmux"]["value"] == "tmux 3.5a"
    assert (found["allow-passthrough"]["value"], found["allow-passthrough"]["level"]) == (answer, level)
    assert done.code == (6 if level == "wrong" else 0)
    assert ("focus-events" in found) is (answer == "off")


@pytest.mark.parametrize(("term", "said"), [("foot", "OSC 777, and the bell"), ("linux", "the bell alone")])
def test_doctor_tells_how_it_would_notify(cli: Cli, term: str, said: str) -> None:
    done = cli("doctor", "--offline", "--json", TERM=term, TMUX="")
    assert {f["name"]: f for f in done.json()}["notifications"]["value"] == said


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_scripts_are_scripts(cli: Cli, tmp_path: Path, shell: str) -> None:
    done = cli("completion", shell)
    assert done.code == 0
    assert "generate" in done.out
    program = shutil.which(shell)
    if program is not None:
        script = tmp_path / "script"
        script.write_text(done.out)
        subprocess.run([program, "-n", str(script)], check=True, timeout=60)
