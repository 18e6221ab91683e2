"""The package's own description agrees with its code, its pins and its files."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import darkroom

ROOT = Path(__file__).resolve().parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
RUNTIME = [Requirement(text) for text in PROJECT["dependencies"]]
OPTIONAL = [
    Requirement(text)
    for texts in PROJECT["optional-dependencies"].values()
    for text in texts
    if PROJECT["name"] not in text
]
PINS = {
    canonicalize_name(name): version
    for name, _, version in (
        line.partition("==")
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if line.strip()
    )
}


def test_one_version() -> None:
    assert PROJECT["version"] == darkroom.__version__


def test_the_command_exists() -> None:
    module, _, function = PROJECT["scripts"]["darkroom"].partition(":")
    assert callable(getattr(import_module(module), function))


@pytest.mark.parametrize("requirement", [*RUNTIME, *OPTIONAL], ids=lambda found: found.name)
def test_every_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    pin = PINS.get(canonicalize_name(requirement.name))
    assert pin, f"{requirement.name} stands in pyproject.toml and not in constraints.txt"
    assert requirement.specifier, "a lower bound says what was tried"
    assert requirement.specifier.contains(pin)


def test_pins_are_exact_and_in_order() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert len(PINS) == len(lines)


def imported_by(folder: Path) -> set[str]:
    """Top-level packages that the files of `folder` import anywhere, functions included."""
    names = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names.add(node.module.partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"darkroom"}


def test_what_is_imported_is_declared_and_the_reverse() -> None:
    distributions = metadata.packages_distributions()
    imported = {canonicalize_name(distributions[name][0]) for name in imported_by(ROOT / "src")}
    declared = {canonicalize_name(requirement.name) for requirement in RUNTIME}
    assert imported - declared == set(), "imported, but not among the dependencies"
    assert declared - imported == set(), "among the dependencies, but never imported"


def test_types_are_shipped() -> None:
    assert (Path(darkroom.__file__).parent / "py.typed").is_file()


def test_every_package_of_the_sources_is_a_package() -> None:
    """A folder without `__init__.py` works in a checkout, and its modules are missing from type checks."""
    folders = {path.parent for path in (ROOT / "src" / "darkroom").rglob("*.py")}
    assert [str(folder) for folder in folders if not (folder / "__init__.py").is_file()] == []
