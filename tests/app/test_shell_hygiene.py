"""What the first paint may cost, and what foreign text may do."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from textual._xterm_parser import XTermParser

from darkroom.app.altkeys import let_alt_keys_through
from darkroom.app.bindings import PLAIN, bindings
from darkroom.config.keymap import KEYS
from darkroom.config.settings import load
from tests.app.shell import shown

if TYPE_CHECKING:
    from darkroom.services.core import Core

MOST_MODULES = 137
"""Of Darkroom's own, before the first frame; there are more than twice as many."""

LATER = (
    "app.bridge",
    "app.graphics.asking",
    "app.graphics.sending",
    "app.messages",
    "app.widgets.form.kinds",
    "app.widgets.form.section",
    "app.widgets.picture",
    "app.widgets.select",
    "cli.parser",
    "config.keycheck",
    "connectors.comfyui.extract",
    "domain.events",
    "domain.query",
    "services.exports",
    "services.generations",
    "services.recovery",
    "services.workflow_files",
    "terminal.decide",
    "terminal.kitty",
)
"""Imported right after the first frame, or when they are used."""

HEAVY = ("pydantic", "httpx", "websockets", "aiohttp", "PIL", "numpy", "textual_image", "tomlkit")


def test_the_app_imports_nothing_heavy() -> None:
    loads = "import sys, darkroom.app.app, darkroom.app.opening"
    code = f"{loads}; print([m for m in {HEAVY!r} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_first_frame_needs_few_modules() -> None:
    """Each module costs the start about half a millisecond, one full of dataclasses several."""
    code = (
        "import sys, darkroom.cli.main, darkroom.app.main, darkroom.app.app, darkroom.app.opening;"
        "import darkroom.services.core, darkroom.connectors.comfyui.form;"
        "print(*sorted(m for m in sys.modules if m.startswith('darkroom')))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ran.stdout.split())
    assert len(loaded) <= MOST_MODULES
    assert not loaded & {f"darkroom.{name}" for name in LATER}


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1b4", ["alt+4"]),
        ("\x1bg", ["alt+g"]),
        ("\x1b4\x1b[F", ["alt+4", "end"]),
        ("\x1b3\x1b4x", ["alt+3", "alt+4", "x"]),
        ("\x1bb\x1bf", ["ctrl+left", "ctrl+right"]),
    ],
)
def test_alt_is_understood_on_a_plain_terminal_however_fast_one_types(typed: str, keys: list[str]) -> None:
    let_alt_keys_through()
    assert [getattr(event, "key", "") for event in XTermParser().feed(typed)] == keys


def test_every_key_of_the_table_is_bound_under_its_id() -> None:
    groups = {key.group for key in KEYS}
    bound = {binding.id for group in groups for binding in bindings(group)}
    assert {key.id for key in KEYS} == {name for name in bound if name and not name.endswith(PLAIN)}


async def test_a_chosen_theme_is_seen_and_kept(full: Core) -> None:
    async with shown(full) as shell:
        dark = shell.app.screen.styles.background
        shell.app.theme = "darkroom-light"
        await shell.until(lambda: load(full.paths, {}).settings.theme == "darkroom-light", "kept")
        await shell.until(lambda: shell.app.screen.styles.background != dark, "seen")


async def test_another_theme_recolours_what_is_drawn(full: Core) -> None:
    async with shown(full) as shell:

        def colours() -> set[str]:
            footer = shell.app.screen._compositor.render_strips()[-1]
            return {str(segment.style.color) for segment in footer if segment.style is not None}

        dark = colours()
        assert len(dark) > 1
        shell.app.theme = "darkroom-light"
        await shell.until(lambda: not colours() & dark, "other colours")
