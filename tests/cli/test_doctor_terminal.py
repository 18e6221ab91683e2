"""`darkroom doctor --terminal`: what the terminal said, the choice, its reason, the remedy, the picture."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from darkroom.services import testcard
from darkroom.services.doctor_terminal import as_data, chosen, terminal
from darkroom.services.findings import Level
from darkroom.terminal.evidence import Client, Evidence
from tests.terminal.scripted import ScriptedTerminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

SIZE = (120, 60)
CARD = (48, 15)
"""Cells that the test picture fills, cells of 10 × 20 pixels."""


def doctor(cli_home: Path, profile: str, *words: str, **environ: str) -> ScriptedTerminal:
    command = (sys.executable, "-m", "darkroom", *words)
    environ = {"DARKROOM_HOME": str(cli_home), **environ}
    return ScriptedTerminal(command, profile=profile, size=SIZE, environ=environ, from_shell=True)


def test_it_prints_what_it_rests_on(tmp_path: Path) -> None:
    with doctor(tmp_path, "kitty", "doctor", "--terminal") as asked:
        asked.ends()
        assert asked.process.returncode == 0
        lines = [line.split(maxsplit=1) for line in asked.text().splitlines() if line.strip()]
        told = {line[0]: line[1] for line in lines if len(line) == 2}
        assert told["pictures"] == "kitty: kitty 0.41.1 draws pictures by kitty's protocol"
        assert told["TERM"] == "xterm-kitty"
        assert "kitty's graphics: OK" in asked.text()
        assert "attributes: 62;22" in asked.text()
        assert lines[0] == ["$", "darkroom"]
        assert lines[-1] == ["$"], "nothing is left for the shell"


def test_it_tells_what_helps(tmp_path: Path) -> None:
    with doctor(tmp_path, "plain", "doctor", "--terminal") as asked:
        asked.ends()
        assert "half: XTerm 398 draws no pictures" in asked.text()
        assert "xterm -ti vt340" in asked.text()


def test_a_program_can_read_it(tmp_path: Path) -> None:
    with doctor(tmp_path, "sixel", "--images", "half", "doctor", "--terminal", "--json") as asked:
        asked.ends()
        text = asked.text()
        told = json.loads(text[text.index("{") : text.rindex("}") + 1].replace("\n", ""))
        assert (told["images"], told["version"], told["attributes"]) == (
            "half",
            "foot(1.21.0)",
            [62, 4, 22, 28, 29],
        )
        assert told["reason"] == "the setting images = half"
        assert told["remedy"] == ["images = auto would take sixel: foot 1.21.0 draws sixels"]
        assert [each["answer"].partition(":")[0] for each in told["answers"]] == [
            "name",
            "cell",
            "attributes",
        ]


def error(seen: Image.Image) -> float:
    card = Image.open(io.BytesIO(testcard.png())).convert("RGB").resize(seen.size)
    return float(np.abs(np.asarray(seen, np.float64) - np.asarray(card, np.float64)).mean())


@pytest.mark.parametrize(("profile", "bound"), [("kitty", 4.0), ("sixel", 6.0), ("plain", 14.0)])
def test_it_draws_the_test_picture(tmp_path: Path, profile: str, bound: float) -> None:
    with doctor(tmp_path, profile, "doctor", "--picture") as asked:
        asked.ends()
        below = next(n for n, line in enumerate(asked.text().splitlines()) if testcard.WORDS[:20] in line)
        seen = asked.image(0, below - CARD[1], *CARD)
        assert error(seen) < bound
        assert error(asked.image(1, below - CARD[1], *CARD)) > 1.5 * error(seen), (
            "a shift by a cell would be seen"
        )
        assert error(Image.new("RGB", seen.size)) > 5 * bound


def test_without_a_terminal_it_says_so(cli: Cli) -> None:
    done = subprocess.run(
        cli.command("doctor", "--terminal", "--json"),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        env=cli.env,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "no terminal" in done.stderr


def test_in_a_pipe_nothing_is_asked(cli: Cli) -> None:
    done = cli("doctor", "--offline", "--json", TERM="xterm-kitty")
    found = {(each["name"], each["value"]) for each in done.json() if each["section"] == "Terminal"}
    assert ("terminal", "none: this is a pipe or a log") in found
    assert ("pictures", "half: half blocks until the terminal has answered") in found
    assert not any(name == "answered" for name, _ in found)


def of_terminal(evidence: Evidence, setting: str = "auto") -> dict[str, Any]:
    return {each.name: each for each in terminal(setting, evidence.environ, evidence)}


def test_what_tmux_says_is_told() -> None:
    foot = Client("foot", "foot(1.21.0)", frozenset({"sixel"}), "off", (8, 16), "3.5a")
    kitty = Client("xterm-kitty", "kitty(0.41.1)", frozenset({"RGB"}), "off", (9, 18), "3.5a", 2, "1")
    client = replace(kitty, others=(foot,))
    environ = {"TERM": "tmux-256color", "TMUX": "/nowhere,1,0", "TMUX_PANE": "%0"}
    evidence = Evidence(environ, True, "tmux 3.5a", None, (1, 2, 4), (9, 18), client, None, 0.01)
    listed = [each.value for each in terminal("auto", environ, evidence) if each.name == "behind tmux"]
    assert listed == ["kitty 0.41.1, TERM xterm-kitty; RGB", "foot 1.21.0, TERM foot; sixel"]
    told = as_data(chosen("auto", environ, evidence), evidence)
    assert json.loads(json.dumps(told))["tmux"]["shown_by"][1]["features"] == ["sixel"]
    assert told["images"] == "half"


def test_silence_is_told_and_is_no_mistake() -> None:
    found = of_terminal(Evidence({"TERM": "xterm-256color"}))
    assert (found["answered"].value, found["answered"].level) == ("nothing", Level.NOTE)
    found = of_terminal(Evidence({"TERM": "linux"}))
    assert found["asked"].value == "nothing: this is the Linux console"
    assert found["pictures"].level is Level.FINE
