"""Reading a workflow from a file or a text; the library keeps what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.connectors.comfyui import importing
from darkroom.domain.errors import InputError
from darkroom.domain.workflow import Workflow
from darkroom.images import metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Largest file that is read for a workflow: a big picture with a big graph in it."""

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def read_file(path: Path) -> Workflow:
    """The workflow in a file, without a name yet. Blocking: reads the whole file.

    Raises:
        InputError: As `WorkflowLibrary.import_file` says.
    """
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputError(f"{path.name} is too large", f"More than {MAX_FILE_BYTES >> 20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be read", error.strerror or str(error), "Check the path"
        ) from error
    if data.startswith(PNG_SIGNATURE):
        texts = metadata.read_png_text(data)
        return _read(lambda: importing.parse_png_texts(texts), texts.get("workflow", ""))
    try:
        return read_text(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} is no workflow", "It is neither JSON nor a PNG", "Choose another file"
        ) from error


def read_text(text: str) -> Workflow:
    """The workflow in a JSON text, without a name yet.

    Raises:
        InputError: The text holds no workflow.
    """
    return _read(lambda: importing.parse_document(text), text)


def _read(parse: Callable[[], importing.Imported], document: str) -> Workflow:
    """What `parse` finds; `document` itself where that is in the form of the web page."""
    try:
        found = parse()
    except importing.UiDocument:
        return Workflow("", "", document=document, document_format=importing.UI)
    return Workflow("", "", graph=found.graph, document=found.document, document_format=found.document_format)
