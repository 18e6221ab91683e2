"""What a person names to have it shown: a generation, or a picture's file."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from darkroom.cli.description import describe
from darkroom.cli.drawing import Shown
from darkroom.cli.ending import pictures_of
from darkroom.domain.errors import DamagedPicture, InputError
from darkroom.domain.text import excerpt, plural
from darkroom.services.exports import record

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from darkroom.domain.generation import Generation
    from darkroom.images.check import Checked
    from darkroom.services.core import Core

_NAME = 60


class Named(NamedTuple):
    """Something that can be shown.

    Attributes:
        words: Everything about it, in lines of text.
        record: The same as JSON values.
        paths: The files of its pictures, and of whatever else it has.
        pictures: Those of them that can be drawn.
        generation: `None` when it is a file.
    """

    words: str
    record: dict[str, Any]
    paths: tuple[Path, ...]
    pictures: tuple[Shown, ...]
    generation: Generation | None = None


async def find(core: Callable[[], Awaitable[Core]], name: str, number: int | None = None) -> Named:
    """What is meant: a file when there is one of this name, else a generation, as everywhere.

    Args:
        core: Opens what knows what was made; not asked for a file.
        name: A path, a number from the history, or the start of an id.
        number: Only this output of a generation, 1-based; `None` for all.

    Raises:
        InputError: Neither fits; the file is no picture, or cannot be read; there is no such output.
        AmbiguousName: Several generations fit.
        DarkroomError: What knows what was made cannot be opened.
    """
    path = Path(name)
    if os.sep in name or await asyncio.to_thread(_exists, path):
        if number is not None:
            raise InputError(
                f"{excerpt(name, _NAME)} is a file", "--output chooses among the outputs of a generation"
            )
        return await asyncio.to_thread(_file, path)
    opened = await core()
    try:
        return await _generation(opened, await opened.history.find(name), number)
    except InputError as error:
        if path.suffix:
            raise InputError(f"There is no file “{excerpt(name, _NAME)}”") from error
        raise


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long to be one, for example
        return False


def _file(path: Path) -> Named:
    from darkroom.images.check import check  # it brings Pillow

    name = excerpt(path.name or str(path), _NAME)
    try:
        if not path.is_file():
            raise InputError(
                f"There is no file “{name}”", "It is a folder or a device" if path.exists() else ""
            )
        checked, size = check(path, path.name), path.stat().st_size
    except OSError as error:
        raise InputError(f"{name} cannot be read", error.strerror or str(error)) from error
    except DamagedPicture as error:
        raise InputError(f"{name} cannot be shown", "\n".join(error.lines())) from error
    if not checked.kind.is_picture:
        raise InputError(f"{name} cannot be shown", f"It is no picture: {checked.media_type}")
    found = {
        "path": str(path),
        "kind": str(checked.kind),
        "media_type": checked.media_type,
        "size_bytes": size,
        "width_px": checked.width_px,
        "height_px": checked.height_px,
    }
    words = f"{path}: {checked.media_type}{_size(checked)}, {size:,} bytes"
    return Named(words, found, (path,), (Shown(path, path.name),))


def _size(picture: Checked) -> str:
    return f", {picture.width_px}x{picture.height_px}" if picture.width_px else ""


async def _generation(core: Core, generation: Generation, number: int | None) -> Named:
    outputs, path = generation.ordered_outputs(), core.store.blobs.path
    if number is not None and number > len(outputs):
        raise InputError(
            f"#{generation.summary.number} has no output {number}",
            f"It is {generation.summary.status} and has {plural(len(outputs), 'output')}",
        )
    paths = tuple(path(kept.hash) for kept in outputs)
    pictures = pictures_of(generation, core)
    if number is not None:
        paths = paths[number - 1 : number]
        pictures = tuple(shown for shown in pictures if shown.source in paths)[:1]
    words = await describe(core, generation)
    return Named(words, record(generation, core.store), paths, pictures, generation)
