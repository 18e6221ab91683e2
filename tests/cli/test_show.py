"""`darkroom show` into a pipe: words, paths and records, and nothing that a terminal would act on."""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.terminal import decoders

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli


def bomb() -> bytes:
    """A PNG of a few bytes that says it has ten thousand million pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_file_is_told_in_a_line(cli: Cli) -> None:
    done = cli("show", str(decoders.HARBOUR))
    assert (done.code, done.err) == (0, "")
    size = decoders.HARBOUR.stat().st_size
    assert done.out == f"{decoders.HARBOUR}: image/png, 480x480, {size:,} bytes\n"


def test_a_file_needs_nothing_of_ours(cli: Cli) -> None:
    (cli.home / "data").mkdir(parents=True)
    (cli.home / "data" / "darkroom.db").write_bytes(b"rubbish" * 1000)
    assert cli("show", str(decoders.HARBOUR)).code == 0
    assert cli("show", str(decoders.HARBOUR), "1").code == 6


def test_nothing_is_drawn_in_a_pipe_whatever_is_forced(cli: Cli) -> None:
    for way in ("kitty", "sixel", "half"):
        done = cli("show", "-q", str(decoders.HARBOUR), "--images", way)
        assert (done.code, done.out, done.err) == (0, f"{decoders.HARBOUR}\n", "")


def test_quiet_gives_the_paths_of_all_pictures_in_order(cli: Cli, make: Callable[..., Any]) -> None:
    first, second = make("one", "--set", "batch_size=2"), make("two")
    paths = [entry["path"] for made in (second, first) for entry in made["outputs"]]
    assert cli("show", "-q", "2", first["id"][:8]).out.split() == paths
    assert cli("show", "-q", "#1", "--output", "2").out.split() == [first["outputs"][1]["path"]]
    assert all(Path(path).is_file() for path in paths)


def test_one_record_is_an_object_and_several_are_a_list(cli: Cli, make: Callable[..., Any]) -> None:
    made = make()
    assert cli("show", "1", "--json").json() == made
    several = cli("show", "1", str(decoders.HARBOUR), "--json").json()
    assert several[0] == made
    assert several[1]["path"] == str(decoders.HARBOUR)
    assert (several[1]["media_type"], several[1]["width_px"]) == ("image/png", 480)


def test_a_file_wins_over_a_number_and_a_number_sign_over_a_file(cli: Cli, make: Callable[..., Any]) -> None:
    made = make()
    (cli.cwd / "1").write_bytes(decoders.HARBOUR.read_bytes())
    assert cli("show", "-q", "1").out == "1\n"
    assert cli("show", "-q", "#1").out == f"{made['outputs'][0]['path']}\n"


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\x89PNG\r\n\x1a\n", "cannot be"),
        (decoders.HARBOUR.read_bytes()[:4000], "end is missing"),
        (bomb(), "exceeds limit"),
        (b"GIF89a" + b"\xff" * 100, "cannot be"),
        (b"\x1b]0;evil\x07 not a picture", "no known format"),
    ],
)
def test_hostile_files_are_refused(cli: Cli, data: bytes, word: str) -> None:
    (cli.cwd / "evil\x1b[31m.png").write_bytes(data)
    done = cli("show", "evil\x1b[31m.png")
    assert (done.code, done.out) == (2, "")
    assert word in done.err
    assert "\x1b" not in done.err
    assert "Traceback" not in done.err


def test_what_is_no_picture_file_is_told(cli: Cli) -> None:
    (cli.cwd / "notes.txt").write_text("a quiet harbour")
    (cli.cwd / "folder").mkdir()
    os.mkfifo(cli.cwd / "pipe")
    (cli.cwd / "name\udcff.png").write_bytes(decoders.HARBOUR.read_bytes())
    for name, word in {
        "notes.txt": "no picture: text/plain",
        "folder": "a folder or a device",
        "pipe": "a folder or a device",
        "absent.png": "There is no file “absent.png”",
        "./absent": "There is no file “absent”",
        "absent": "There is no generation “absent”",
        "x" * 5000: "There is no generation",
        "/dev/null": "a folder or a device",
    }.items():
        done = cli("show", name)
        assert (done.code, done.out) == (2, ""), name
        assert word in done.err
    assert cli("show", b"name\xff.png").code == 0


def test_the_rest_is_shown_when_one_cannot_be(cli: Cli, make: Callable[..., Any]) -> None:
    made = make()
    done = cli("show", "-q", "9900990", "1", "absent.png")
    assert (done.code, done.out) == (2, f"{made['outputs'][0]['path']}\n")
    assert "There is no generation “9900990”" in done.err
    assert "There is no file “absent.png”" in done.err


def test_outputs_and_workflows_that_are_not_there(cli: Cli, make: Callable[..., Any]) -> None:
    make()
    done = cli("show", "1", "--output", "2")
    assert (done.code, done.out) == (2, "")
    assert "#1 has no output 2" in done.err
    done = cli("show", str(decoders.HARBOUR), "--output", "1")
    assert (done.code, done.out) == (2, "")
    assert "harbour.png is a file" in done.err
    done = cli("show", str(decoders.HARBOUR), "--workflow")
    assert (done.code, done.out) == (2, "")
    assert "workflows import" in done.err
    assert all("class_type" in node for node in json.loads(cli("show", "1", "--workflow").out).values())


def test_a_generation_without_pictures_has_none_to_show(cli: Cli, url: str) -> None:
    assert cli("generate", "x", "--url", url, "--paused").code == 0
    done = cli("show", "1")
    assert done.code == 0
    assert "status      new" in done.out
    done = cli("show", "-q", "1")
    assert (done.code, done.out) == (2, "")
    assert "#1 has no pictures" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_its_options(cli: Cli, shell: str) -> None:
    script = cli("completion", shell).out
    for option in ("--columns", "--lines", "--images"):
        assert option in script
    files = {"bash": r"_show_pos_0_COMPGEN=_shtab_compgen_files", "zsh": r"picture files:_files"}[shell]
    assert re.search(files, script)
