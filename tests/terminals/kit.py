"""The kit: one program in one real terminal, driven by keys, seen by screenshots."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT = Path(__file__).parents[2]
VARIABLE = "DARKROOM_TERMINALS"
"""Names the folder of the kit's `shot.sh`."""

BESIDE = ROOT.parent / "shared" / "tools" / "terminal"
"""Where the kit is looked for when it is not named."""

LIMIT_S = 300
"""A run that takes longer hangs."""


class KitError(Exception):
    """A run ended before its last step; the text is what the kit said of it."""


def find(environ: Mapping[str, str]) -> tuple[Path | None, str]:
    """The kit's `shot.sh`, or `None` and why there is none."""
    folder = Path(environ.get(VARIABLE) or BESIDE)
    script = folder / "shot.sh"
    if not script.is_file():
        return None, f"no kit of terminals: {script} does not exist ({VARIABLE} names its folder)"
    if os.geteuid() != 0:
        return None, "the kit of terminals makes mount namespaces and needs root"
    return script, ""


def run(
    script: Path,
    terminal: str,
    options: Sequence[str],
    *,
    steps: Sequence[str],
    folder: Path,
    command: Sequence[str],
    environ: Mapping[str, str],
    seen: Callable[[str], None] = lambda _name: None,
) -> None:
    """Runs `command` in a terminal, to the last step.

    Args:
        script: `shot.sh`.
        terminal: Its name.
        options: Further options: size, tmux, ssh.
        steps: Keys, pauses and screenshots, in the kit's own words.
        folder: Where screenshots go.
        command: What runs in the terminal.
        environ: Its environment.
        seen: Called with the name of each screenshot as soon as it is taken.

    Raises:
        KitError: The terminal did not start, ended too early, or the run took too long.
    """
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "kit.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [script, terminal, *options, "--out", folder, "--keys", " ".join(steps), "--", *command],
            cwd=ROOT, env=dict(environ), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said,
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                seen(Path(line.strip()).name)
            status = process.wait(LIMIT_S)
    if status:
        raise KitError(" / ".join(log.read_text("utf-8", "replace").split("\n")[-4:]).strip(" /"))


def typed(text: str) -> str:
    """A step that types `text`."""
    return "type:" + "".join(char if char.isalnum() else f"%{ord(char):02x}" for char in text)


def pause(seconds: float) -> str:
    """A step that waits."""
    return f"sleep:{seconds:.2f}"
