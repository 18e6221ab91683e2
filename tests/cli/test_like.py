"""`generate --like`: beginning with settings that are there already, in whichever service's words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.cli.conftest import SMALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Cli

INFOTEXT = (
    "a [lighthouse|tower] (at night:1.2)\nNegative prompt: [fog]\n"
    "Steps: 3, Sampler: Euler a, Schedule type: Karras, Seed: 4711, Size: 64x64, Model: nothing_like_it"
)


def test_an_earlier_generation_is_the_start_and_options_go_before_it(
    cli: Cli, url: str, make: Callable[..., Any]
) -> None:
    made = make("a harbour", "--seed", "7", "--set", "cfg_scale=3.5", "--set", "sampler=heun")
    again = cli("generate", "--like", made["id"], "--url", url, "-s", "new", "--seed", "8", "--json")
    assert again.code == 0, again.err
    assert again.json()["parameters"] == {**made["parameters"], "seed": 8}
    assert "note:" not in again.err


def test_a_picture_of_another_service_is_told_with_what_was_changed(
    cli: Cli, url: str, tmp_path: Path
) -> None:
    chunks = PngInfo()
    chunks.add_text("parameters", INFOTEXT)
    Image.new("RGB", (8, 8)).save(tmp_path / "foreign.png", pnginfo=chunks)
    (tmp_path / "foreign.txt").write_text(INFOTEXT)
    for name in ("foreign.png", "foreign.txt"):
        done = cli("generate", "--like", str(tmp_path / name), "--url", url, "--json")
        assert done.code == 0, done.err
        made = done.json()
        assert (made["prompt"], made["negative"]) == ("a lighthouse (at night:1.2)", "(fog:0.9091)")
        assert made["seed"] == "4711"
        held = made["parameters"]
        assert (held["steps"], held["sampler"], held["scheduler"]) == (3, "euler_ancestral", "karras")
        assert (held["width"], held["height"]) == (64, 64)
        notes = [line for line in done.err.splitlines() if line.startswith("note: ")]
        assert [note.split(": ")[1] for note in notes] == ["Prompt", "Checkpoint"]


def test_a_file_without_settings_is_refused(cli: Cli, url: str, tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "bare.jpg")
    done = cli("generate", "--like", str(tmp_path / "bare.jpg"), "--url", url, *SMALL)
    assert done.code == 2
    assert "holds no settings" in done.err
    gone = cli("generate", "--like", "12345", "--url", url, *SMALL)
    assert gone.code == 2
