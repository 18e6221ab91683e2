"""`darkroom generate` and `rerun`: pictures from the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.cli.conftest import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli


def test_a_picture_is_made_kept_and_named_on_stdout(cli: Cli, url: str) -> None:
    done = cli("generate", "a quiet harbour", "--url", url, *SMALL, "--seed", "7")
    assert done.code == 0, done.err
    path = Path(done.out.removesuffix("\n"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == path.name
    with Image.open(path) as picture:
        assert picture.size == (64, 64)
    assert "seed 7" in done.err
    assert "complete" in done.err
    assert "\x1b" not in done.err, "a pipe gets lines, not a bar"


def test_json_says_everything_a_script_needs(make: Callable[..., Any]) -> None:
    made = make("a quiet harbour", "--seed", str(2**64 - 1), "--negative", "fog")
    assert made["status"] == "complete"
    assert made["seed"] == str(2**64 - 1), "as text: JSON's numbers would round it"
    assert made["parameters"]["seed"] == str(2**64 - 1)
    assert (made["prompt"], made["negative"]) == ("a quiet harbour", "fog")
    assert (made["parameters"]["width"], made["parameters"]["steps"]) == (64, 2)
    assert made["reason"] is None
    assert made["service"] == "comfyui"
    output = made["outputs"][0]
    assert output["extra"] is None
    assert (output["media_type"], output["width_px"], output["height_px"]) == ("image/png", 64, 64)
    assert hashlib.sha256(Path(output["path"]).read_bytes()).hexdigest() == output["hash"]


def test_a_prompt_after_making_a_picture_larger_makes_a_new_picture(
    cli: Cli, url: str, make: Callable[..., Any]
) -> None:
    picture = make("boats")["outputs"][0]["path"]
    larger = cli("generate", "--url", url, "--workflow", "upscale", "--set", f"image={picture}", "--json")
    assert (larger.code, larger.json()["workflow"]) == (0, "upscale"), larger.err
    again = cli("generate", "gulls", "--url", url, "--json")
    assert (again.code, again.json()["workflow"], again.json()["prompt"]) == (0, "txt2img", "gulls")


def test_quiet_says_nothing_but_the_result(cli: Cli, url: str) -> None:
    done = cli("generate", "x", "--url", url, *SMALL, "--quiet")
    assert (done.code, done.err) == (0, "")
    assert Path(done.out.strip()).is_file()


def test_a_long_prompt_from_stdin_arrives_whole(cli: Cli, url: str) -> None:
    prompt = "grüße, (mist:1.2) [blurry] " * 4_000
    assert len(prompt) > 100_000
    done = cli("generate", "-", "--url", url, *SMALL, "--json", stdin=prompt.encode() + b"\n")
    assert done.code == 0, done.err
    assert done.json()["prompt"] == prompt


def test_stdin_that_is_no_text_is_refused(cli: Cli) -> None:
    done = cli("generate", "-", "--profile", "demo", stdin=b"\xff\xfe")
    assert done.code == 2
    assert "not UTF-8" in done.err


def test_escape_sequences_in_a_prompt_stay_data(cli: Cli, make: Callable[..., Any]) -> None:
    evil = "\x1b]0;owned\x07\x9b31m[/red] $(id) \u202e"
    made = make(evil)
    assert made["prompt"] == evil
    for command in (
        ("history",),
        ("show", made["id"]),
        ("show", made["id"], "--json"),
        ("history", "--json"),
    ):
        done = cli(*command)
        assert done.code == 0
        assert not set("\x1b\x07\x9b\u202e") & set(done.out + done.err), command
    assert cli("show", made["id"], "--json").json()["prompt"] == evil


def test_copies_never_overwrite_and_keep_the_bytes(cli: Cli, url: str) -> None:
    first = cli("generate", "x", "--url", url, *SMALL, "--seed", "1", "-o", "out.png")
    again = cli("rerun", "1", "-o", "out.png", "--json")
    assert (first.code, again.code) == (0, 0), first.err + again.err
    assert first.out == "out.png\n"
    record = again.json()
    assert record["outputs"][0]["file"] == "out-2.png"
    assert record["unchanged"] is True
    bytes_1, bytes_2 = ((cli.cwd / name).read_bytes() for name in ("out.png", "out-2.png"))
    assert bytes_1 == bytes_2 == Path(record["outputs"][0]["path"]).read_bytes()


def test_a_folder_to_copy_to_is_made(cli: Cli, url: str) -> None:
    done = cli("generate", "x", "--url", url, *SMALL, "--set", "batch_size=2", "--output", "new/folder")
    assert done.code == 0, done.err
    written = [cli.cwd / line for line in done.out.splitlines()]
    assert len(set(written)) == 2
    assert all(path.is_file() and path.parent == cli.cwd / "new" / "folder" for path in written)


def test_a_target_that_cannot_be_written_loses_nothing(cli: Cli, url: str) -> None:
    (cli.cwd / "file").write_text("")
    done = cli("generate", "x", "--url", url, *SMALL, "--output", "file/below")
    assert done.code == 2
    assert "cannot be written" in done.err
    assert cli("history", "--json").json()[0]["status"] == "complete"


def test_values_are_remembered_in_the_session(cli: Cli, make: Callable[..., Any]) -> None:
    make("one", "--session", "harbour", "--set", "cfg=3.5", "--set", "sampler=heun", "--seed", "5")
    second = make("two", "--session", "harbour", "--seed", "random")
    assert (second["parameters"]["cfg_scale"], second["parameters"]["sampler"]) == (3.5, "heun")
    assert second["seed"] not in ("5", "-1")
    other = make("three", "--session", "other")
    assert other["parameters"]["cfg_scale"] == 7.0
    assert [s["name"] for s in cli("sessions", "--json").json()] == ["other", "harbour"]


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--set", "stepps=3"), "Did you mean steps?"),
        (("--set", "steps"), "NAME=VALUE"),
        (("--workflow", "absent"), "No workflow is called"),
        (("--workflow", "absent.json"), "cannot be read"),
        (("--set", "a=b\udcff"), "UTF-8"),
    ],
)
def test_what_cannot_be_meant_is_refused(cli: Cli, url: str, options: tuple[str, ...], word: str) -> None:
    done = cli("generate", "x", "--url", url, "--session", "new", *options)
    assert done.code == 2
    assert word in done.err
    assert done.out == ""
    assert "new" not in cli("sessions").out, "what was refused leaves no session behind"


def test_values_beyond_the_servers_limits_are_refused(cli: Cli, url: str) -> None:
    done = cli("generate", "x", "--url", url, "--set", "steps=10001")
    assert done.code == 4
    assert "at most 10000" in done.err
    assert cli("history", "--json").json() == []


def test_a_prompt_is_needed(cli: Cli, url: str) -> None:
    done = cli("generate", "--url", url)
    assert done.code == 2
    assert "A prompt is needed" in done.err


@pytest.mark.parametrize(
    ("address", "word"),
    [
        ("ftp://127.0.0.1", "http://"),
        ("http://user:hunter2@127.0.0.1:1", "user or password"),
    ],
)
def test_what_is_no_address_is_refused(cli: Cli, address: str, word: str) -> None:
    done = cli("generate", "x", "--url", address)
    assert done.code == 2
    assert word in done.err
    assert "hunter2" not in done.err


def test_nobody_at_an_address_is_told(cli: Cli) -> None:
    done = cli("generate", "x", "--url", "http://127.0.0.1:1")
    assert done.code == 3
    assert "connection refused" in done.err


def test_an_unknown_profile_names_the_nearest(cli: Cli) -> None:
    done = cli("generate", "x", "--profile", "demmo")
    assert done.code == 2
    assert "Did you mean demo?" in done.err


def test_the_demo_is_started_when_it_is_asked_for(cli: Cli) -> None:
    done = cli("generate", "x", "--profile", "demo", *SMALL, "--json")
    assert done.code == 0, done.err
    assert "no AI" in done.err
    assert done.json()["profile"] == "demo"
    assert cli("profiles", "test", "demo", "--json").json()["demo"] is True


def test_a_workflow_from_a_file_is_kept_once(cli: Cli, url: str, make: Callable[..., Any]) -> None:
    make("x", "--seed", "3")
    graph = cli("show", "1", "--workflow").out
    (cli.cwd / "mine.json").write_text(graph)
    for _ in range(2):
        done = cli(
            "generate", "other words", "--url", url, "--workflow", "mine.json", "--seed", "4", "--json"
        )
        assert done.code == 0, done.err
        made = done.json()
        assert (made["workflow"], made["prompt"], made["seed"]) == ("mine", "other words", "4")
    assert [w["name"] for w in cli("workflows", "--json").json()] == ["txt2img", "upscale", "mine"]


def test_a_picture_carries_the_workflow_that_made_it(cli: Cli, url: str, make: Callable[..., Any]) -> None:
    kept = make("x")["outputs"][0]["path"]
    (cli.cwd / "again.png").write_bytes(Path(kept).read_bytes())
    done = cli("generate", "y", "--url", url, "--workflow", "again.png", "--seed", "8", "--json")
    assert done.code == 0, done.err
    assert json.loads(cli("show", str(done.json()["number"]), "--workflow").out)


def test_a_terminal_is_needed_to_show_pictures(cli: Cli, url: str) -> None:
    done = cli("generate", "x", "--url", url, *SMALL, "--show")
    assert done.code == 0
    assert "no terminal to draw on" in done.err
    assert Path(done.out.strip()).is_file()


def test_nothing_to_rerun(cli: Cli) -> None:
    done = cli("rerun", "99")
    assert done.code == 2
    assert "99" in done.err
