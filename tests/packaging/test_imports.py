"""What each part loads when it is imported, looked at in fresh interpreters."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = frozenset(
    {
        "pydantic",
        "httpx",
        "websockets",
        "aiohttp",
        "PIL",
        "numpy",
        "textual_image",
        "tomlkit",
        "platformdirs",
        "shtab",
    }
)
"""Nothing that is loaded before the first paint may need these."""

FACELESS = HEAVY | {"textual", "rich"}


def loaded_by(code: str) -> set[str]:
    """Top-level modules that are loaded after `code` ran in a new interpreter."""
    script = f"{code}\nimport sys\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "not_loaded"),
    [
        ("darkroom.domain.generation", FACELESS | {"sqlite3", "asyncio", "tomllib"}),
        ("darkroom.config.settings", FACELESS | {"sqlite3", "asyncio", "tomllib", "logging", "argparse"}),
        ("darkroom.cli.main", FACELESS | {"sqlite3", "asyncio", "tomllib", "logging", "argparse"}),
        ("darkroom.cli.parser", FACELESS | {"sqlite3", "asyncio", "tomllib", "logging"}),
        ("darkroom.store.store", FACELESS),
        ("darkroom.connectors.registry", FACELESS | {"sqlite3"}),
        ("darkroom.services.core", FACELESS),
        ("darkroom.services.exports", FACELESS),
        ("darkroom.app.app", HEAVY - {"platformdirs"}),  # Textual itself loads that one
        ("darkroom.app.main", FACELESS),
    ],
)
def test_a_module_loads_nothing_it_does_not_need(module: str, not_loaded: frozenset[str]) -> None:
    assert not loaded_by(f"import {module}") & not_loaded


@pytest.mark.parametrize(
    "module",
    ["domain", "config", "store", "connectors", "images", "terminal", "services", "app", "cli"],
)
def test_nobody_loads_the_demo_server(module: str) -> None:
    code = f"""
import importlib, pkgutil, sys
import darkroom.{module} as package
for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(found.name)
assert not any(name.startswith("darkroom.demo") for name in sys.modules)
"""
    loaded = loaded_by(code)
    if module != "app":
        assert "textual" not in loaded
    if module not in ("app", "cli"):
        assert "argparse" not in loaded or module in ("services", "connectors"), (
            "the parser is the faces' own"
        )
