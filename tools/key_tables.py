"""Keeps the tables in the docs the same as the code: keys, settings, exit codes.

Each table stands between two comments in README.md or docs/*.md:

    <!-- generated: keys -->
    <!-- generated end -->

Without `--write` nothing is changed, and the exit code is 1 when a table is stale.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from darkroom.cli.exitcodes import MEANINGS
from darkroom.config.describe import descriptions
from darkroom.config.keymap import GROUPS, bindings_for
from darkroom.config.settings import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

ROOT = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"(<!-- generated: ([\w-]+) -->\n)(.*?)(<!-- generated end -->)", re.DOTALL)
NEEDED = {"README.md": ("keys-short",), "docs/keys.md": ("keys",), "docs/configuration.md": ("settings",)}
"""Tables that must not get lost."""


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return (
        "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
        + "\n"
    )


def keys() -> str:
    """Every key, group by group."""
    parts = []
    for group, title in GROUPS.items():
        rows = [(code(key.shown()), key.help, f"`{key.id}`") for key in bindings_for(group)]
        parts.append(f"## {title}\n\n" + table(("Keys", "What", "Name in `[keys]`"), rows))
    return "\n" + "\n".join(parts) + "\n"


def keys_short() -> str:
    """The keys that the footer shows everywhere."""
    rows = [(code(key.shown()), key.help) for key in bindings_for("global")]
    return table(("Keys", "What"), rows)


def code(shown: str) -> str:
    """Key names as code, one by one."""
    return ", ".join(f"`{name}`" for name in shown.split(", "))


def settings() -> str:
    """Every setting with its default."""
    said = descriptions()
    rows = [
        (f"`{name}`", "a table" if name == "keys" else f"`{toml(field.default)}`", said[name])
        for name, field in FIELDS.items()
    ]
    return table(("Setting", "Default", "What"), rows)


def toml(value: object) -> str:
    """A default as it is written in the file."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def exit_codes() -> str:
    """What the exit codes mean."""
    return table(("Code", "Meaning"), [(str(int(number)), meaning) for number, meaning in MEANINGS.items()])


TABLES: dict[str, Callable[[], str]] = {
    "keys": keys,
    "keys-short": keys_short,
    "settings": settings,
    "exit-codes": exit_codes,
}


def renewed(text: str) -> str:
    """`text` with each of its tables made anew. Raises KeyError for a table that does not exist."""
    return MARKED.sub(lambda found: found[1] + TABLES[found[2]]() + found[4], text)


def main(argv: Sequence[str] | None = None) -> int:
    """Checks the tables, or writes them with `--write`."""
    write = "--write" in (sys.argv[1:] if argv is None else argv)
    wrong = []
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        name = str(path.relative_to(ROOT))
        text = path.read_text("utf-8")
        there = {found[2] for found in MARKED.finditer(text)}
        wrong += [f"{name} has no place for {lost}" for lost in NEEDED.get(name, ()) if lost not in there]
        new = renewed(text)
        if new != text and write:
            path.write_text(new, "utf-8")
            print(f"docs: {name} is renewed")
        elif new != text:
            wrong.append(f"{name} is stale; `make docs` renews it")
    wrong += [f"{name} is missing" for name in NEEDED if not (ROOT / name).exists()]
    for line in wrong:
        print(f"docs: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
