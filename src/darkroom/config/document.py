"""`config.toml` as it was read: its tables, and the line that every error can name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from darkroom.config.locate import line_of
from darkroom.domain.errors import ConfigError
from darkroom.domain.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """The file and what it holds; empty when there is no file.

    Attributes:
        file: Where it is, or would be.
        text: As it was read.
        tables: As TOML reads it.
    """

    file: Path
    text: str = ""
    tables: Mapping[str, Any] = field(default_factory=dict)

    def place(self, *path: str) -> str:
        """Where a key stands: "/home/me/.config/darkroom/config.toml:3"."""
        line = line_of(self.text, path)
        return f"{self.file}:{line}" if line else str(self.file)

    def error(self, path: tuple[str, ...], title: str, hint: str = "") -> ConfigError:
        """An error about the key at `path`, with file and line."""
        line = line_of(self.text, path)
        where = f"{self.file}, line {line}" if line else str(self.file)
        return ConfigError(title, where, hint, file=self.file, line=line, key=".".join(path))

    def unknown(self, path: tuple[str, ...], known: Iterable[str]) -> ConfigError:
        """The error about a key that does not exist, with the nearest that does."""
        names = sorted(known)
        close = nearest(path[-1], names)
        hint = f"Did you mean {close}?" if close else "There are " + ", ".join(names)
        return self.error(path, f"“{'.'.join(path)}” is not a setting", hint)

    def wrong(self, path: tuple[str, ...], problem: str) -> ConfigError:
        """The error about a value that cannot be used."""
        return self.error(path, f"{'.'.join(path)} {problem}")


def read(file: Path) -> Document:
    """The file at `file`, or an empty document when there is none.

    Raises:
        ConfigError: It cannot be read, is not UTF-8 or not TOML; with the line, where there is one.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        return Document(file)
    except OSError as error:
        raise ConfigError(
            "The configuration cannot be read",
            f"{file}: {error.strerror}",
            "The defaults are used",
            file=file,
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            "The configuration is not UTF-8 text",
            f"{file}, line {line}",
            "Save it as UTF-8; until then the defaults are used",
            file=file,
            line=line,
        ) from error
    # Imported here: without a file, its regular expressions need not be compiled.
    import tomllib

    try:
        return Document(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        # Without a line, the text ended too early.
        line = int(found[1]) if found else text.count("\n") + 1
        raise ConfigError(
            "The configuration is not valid TOML",
            f"{file}, line {line}: {error}",
            "Until it is repaired, the defaults are used",
            file=file,
            line=line,
        ) from error
    except RecursionError as error:
        raise ConfigError("The configuration is nested too deeply", str(file), file=file) from error
