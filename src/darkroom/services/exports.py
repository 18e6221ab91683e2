"""Takes things out: pictures as files, workflows as ComfyUI reads them, records for scripts."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from darkroom.domain.errors import InputError, StoreError
from darkroom.domain.service import COMFYUI, SERVICES
from darkroom.domain.snapshot import to_json
from darkroom.services.workflows import to_api_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from PIL import Image

    from darkroom.domain.generation import Generation, Output, Summary
    from darkroom.domain.pictures import Picture
    from darkroom.domain.queue import Batch
    from darkroom.store.store import Store

_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|\ufffd]+')
_STEM_LENGTH = 100


class Exports:
    """Writes copies outside the store; never overwrites a file."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def pictures(self, generation: Generation, target: Path) -> tuple[Path, ...]:
        """Copies all outputs, original bytes untouched.

        Args:
            generation: Whose outputs.
            target: A folder, or a file name for the first; made where it is missing.

        Returns:
            The files written, in the order of the outputs. A name that is taken gets a number.

        Raises:
            InputError: There is nothing to copy, or the target cannot be written.
            StoreError: The kept bytes are gone.
        """
        if not generation.outputs:
            raise InputError("There is nothing to export", "This generation has no pictures")
        number = generation.summary.number
        return tuple([await self._copy(number, output, target) for output in generation.outputs])

    async def chosen(self, pictures: Iterable[Picture], target: Path) -> tuple[Path, ...]:
        """Copies pictures of several generations, as `pictures` does those of one."""
        return tuple([await self._copy(p.summary.number, p.output, target) for p in pictures])

    async def _copy(self, number: int, output: Output, target: Path) -> Path:
        source = self._store.blobs.path(output.hash)
        name = f"{number:05d}-{file_name(output.name)}"
        return await asyncio.to_thread(_copy_beside, source, target, name)

    async def sheet(self, batch: Batch, target: Path) -> Path:
        """Writes a batch as one picture, PNG: a grid of its pictures with the values of its axes beside it.

        Jobs without a picture have a tile that says why.

        Args:
            batch: As the store keeps it.
            target: A folder, or a file name; made where it is missing. A name that is taken gets a number.

        Raises:
            InputError: There are too many pictures for one, or the target cannot be written.
        """
        # It brings Pillow, which no start-up should pay for.
        from darkroom.services.batching.sheets import sheet, tiles_of

        axes, tiles = await tiles_of(batch, self._store)
        image = await asyncio.to_thread(sheet, batch, axes, tiles)
        return await asyncio.to_thread(_save_beside, image, target, file_name(f"{batch.title}.png"))

    async def text(self, text: str, target: Path) -> Path:
        """Writes text to a new file; a name that is taken gets a number.

        Raises:
            InputError: The target cannot be written.
        """
        return await asyncio.to_thread(_write_beside, text.encode("utf-8", "surrogatepass"), target)


def workflow(generation: Generation) -> str:
    """The graph exactly as it was sent, as API JSON that ComfyUI accepts.

    Raises:
        InputError: Nothing was sent yet, or not to a ComfyUI.
    """
    if generation.snapshot.service != COMFYUI:
        title = SERVICES[generation.snapshot.service].title
        raise InputError(
            "There is no workflow to export", f"It was made by {title}; only ComfyUI has workflows"
        )
    graph = (generation.request or {}).get("prompt")
    if not isinstance(graph, dict):
        raise InputError("There is no workflow to export", "This generation was never sent")
    return to_api_json(graph)


def heading(summary: Summary) -> dict[str, Any]:
    """What every record of a generation begins with, as JSON values."""
    return {
        "id": summary.id,
        "number": summary.number,
        "status": str(summary.status),
        "session": summary.session_id,
        "profile": summary.profile,
        "workflow": summary.workflow,
        "prompt": summary.prompt,
        "negative": summary.negative,
        "seed": summary.seed,
    }


def record(generation: Generation, store: Store) -> dict[str, Any]:
    """Everything about a generation as JSON values.

    Seeds are text, as are integers above 2^53: most JSON readers would round them.
    """
    summary = generation.summary
    reason = summary.reason
    return {
        **heading(summary),
        "service": generation.snapshot.service,
        "parameters": _parameters(generation),
        "server_version": generation.server_version,
        "created_at": summary.created_at.isoformat(),
        "started_at": generation.started_at.isoformat() if generation.started_at else None,
        "finished_at": generation.finished_at.isoformat() if generation.finished_at else None,
        "duration_s": summary.duration_s,
        "unchanged": summary.unchanged,
        "expected": summary.expected,
        "notes": list(generation.notes),
        "reason": None
        if reason is None
        else {"kind": reason.kind, "title": reason.title, "detail": reason.detail, "hint": reason.hint},
        "outputs": [
            {
                "path": str(store.blobs.path(output.hash)),
                "name": output.name,
                "hash": output.hash,
                "kind": str(output.kind),
                "extra": generation.extra_name(output) or None,
                "media_type": output.media_type,
                "size_bytes": output.size_bytes,
                "width_px": output.width_px,
                "height_px": output.height_px,
            }
            for output in generation.outputs
        ],
    }


def _parameters(generation: Generation) -> dict[str, Any]:
    values = to_json(generation.snapshot)["values"]
    return {address: str(v) if _exceeds_json(v) else v for address, v in values.items()}


def _exceeds_json(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53


def file_name(name: str) -> str:
    """A server's or person's name as one safe file name: no separators, no control characters, not hidden."""
    safe = _UNSAFE.sub("_", name).strip(" .") or "output"
    stem, dot, suffix = safe.rpartition(".")
    return f"{stem[:_STEM_LENGTH]}{dot}{suffix[:12]}" if dot else safe[:_STEM_LENGTH]


def _free_names(wanted: Path) -> Iterator[Path]:
    yield wanted
    for number in range(2, 10_000):
        yield wanted.with_stem(f"{wanted.stem}-{number}")


def _write_beside(data: bytes, wanted: Path) -> Path:
    return _create(wanted, lambda descriptor: _write_all(descriptor, data))


def _copy_beside(source: Path, target: Path, name: str) -> Path:
    is_folder = target.is_dir() or not target.suffix
    wanted = target / name if is_folder else target.with_suffix(Path(name).suffix or target.suffix)
    try:
        stream = source.open("rb")
    except OSError as error:
        raise StoreError(
            "A kept picture is gone", f"{source.name}: {error.strerror}", "Was the data folder changed?"
        ) from error
    with stream:
        return _create(wanted, lambda descriptor: _copy_all(stream, descriptor))


def _save_beside(image: Image.Image, target: Path, name: str) -> Path:
    def fill(descriptor: int) -> None:
        with os.fdopen(descriptor, "wb") as file:
            image.save(file, "PNG")

    is_folder = target.is_dir() or not target.suffix
    return _create(target / name if is_folder else target.with_suffix(".png"), fill)


def _copy_all(stream: BinaryIO, descriptor: int) -> None:
    with os.fdopen(descriptor, "wb") as target:
        shutil.copyfileobj(stream, target, 1 << 20)


def _write_all(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb") as target:
        target.write(data)


def _create(wanted: Path, fill: Callable[[int], None]) -> Path:
    try:
        wanted.parent.mkdir(parents=True, exist_ok=True)
        for path in _free_names(wanted):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                continue
            fill(descriptor)
            return path
    except OSError as error:
        raise InputError(
            f"{wanted.name} cannot be written", error.strerror or str(error), "Choose another place"
        ) from error
    raise InputError(f"{wanted.name} cannot be written", "There are too many files of this name")
