"""What is prepared for the terminal, from disk when it was made before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from darkroom.app.widgets.picture.prepare import Request, prepare
from darkroom.app.widgets.picture.view import Mode, View
from darkroom.images.encoded import EncodedCache
from darkroom.terminal.levels import Level
from darkroom.terminal.protocol import Protocol
from tests.terminal import decoders

if TYPE_CHECKING:
    from pathlib import Path

SENT = [Protocol.KITTY, Protocol.SIXEL]


def request(folder: Path, protocol: Protocol) -> Request:
    return Request(
        decoders.HARBOUR, "it", False, protocol, 20, 10, (10, 20), number=1, encoded=EncodedCache(folder)
    )


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("protocol", SENT)
def test_a_picture_that_stays_is_encoded_once(tmp_path: Path, protocol: Protocol) -> None:
    first = prepare(request(tmp_path, protocol))
    (path,) = files(tmp_path)
    made_at = path.stat().st_ino
    again = prepare(request(tmp_path, protocol))
    assert again.pieces == first.pieces
    assert files(tmp_path) == [path]
    assert path.stat().st_ino == made_at, "it was not written again"


@pytest.mark.parametrize("protocol", SENT)
def test_what_looks_otherwise_is_another_file(tmp_path: Path, protocol: Protocol) -> None:
    usual = request(tmp_path, protocol)
    others = [
        replace(usual, level=Level.QUARTER),
        replace(usual, columns=18),
        replace(usual, cell_px=(8, 16)),
        replace(usual, background=(1, 2, 3)),
        replace(usual, source=decoders.HARBOUR.read_bytes()),
    ]
    for number, other in enumerate([usual, *others], 1):
        prepare(other)
        assert len(files(tmp_path)) == number


@pytest.mark.parametrize("protocol", SENT)
def test_frames_and_parts_are_not_kept(tmp_path: Path, protocol: Protocol) -> None:
    usual = request(tmp_path, protocol)
    prepare(replace(usual, live=True))
    prepare(replace(usual, moving=True))
    prepare(replace(usual, view=View(Mode.FILL)))
    assert files(tmp_path) == []


@pytest.mark.parametrize("protocol", SENT)
def test_nothing_but_a_picture_is_sent(tmp_path: Path, protocol: Protocol) -> None:
    first = prepare(request(tmp_path, protocol))
    (path,) = files(tmp_path)
    path.write_bytes(b"\x1b]0;owned\x07" * 9)
    assert prepare(request(tmp_path, protocol)).pieces == first.pieces
    EncodedCache(tmp_path).put(path.name, b"\x1bP0;0;0q\x1b\\\x1b]0;owned\x07")
    assert prepare(request(tmp_path, protocol)).pieces == first.pieces


@pytest.mark.parametrize("protocol", SENT)
def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, protocol: Protocol) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = prepare(request(tmp_path / "file" / "encoded", protocol))
    assert kept.pieces == prepare(replace(request(tmp_path, protocol), encoded=None)).pieces
