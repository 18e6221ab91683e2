from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkroom.domain.errors import DamagedPicture
from darkroom.domain.generation import OutputKind
from darkroom.images.check import Checked, check
from tests.unit.images import samples

KINDS = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "WEBP": "image/webp",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}


def checked(data: bytes, name: str, *, max_pixels: int = 10_000_000) -> Checked:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spooled"
        path.write_bytes(data)
        return check(path, name, max_pixels=max_pixels)


@pytest.mark.parametrize(("kind", "media_type"), KINDS.items())
def test_a_picture_is_told_by_its_bytes_whatever_its_name(kind: str, media_type: str) -> None:
    expected = Checked(OutputKind.IMAGE, media_type, *samples.SIZE)
    assert checked(samples.encoded(kind), "ComfyUI_00001_.png") == expected
    assert checked(samples.encoded(kind), "movie.mp4") == expected


@pytest.mark.parametrize(
    ("kind", "media_type"), [("GIF", "image/gif"), ("WEBP", "image/webp"), ("PNG", "image/png")]
)
def test_what_moves_is_an_animation(kind: str, media_type: str) -> None:
    expected = Checked(OutputKind.ANIMATION, media_type, *samples.SIZE)
    assert checked(samples.animated(kind), "x.png") == expected


@pytest.mark.parametrize(
    ("head", "name", "kind", "media_type"),
    [
        (b"\0\0\0\x20ftypisom\0\0\2\0", "x.mp4", OutputKind.VIDEO, "video/mp4"),
        (b"\0\0\0\x14ftypqt  \0\0\2\0", "x.bin", OutputKind.VIDEO, "video/quicktime"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x84webm", "x", OutputKind.VIDEO, "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\1B\x82\x88matroska", "x.webm", OutputKind.VIDEO, "video/x-matroska"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "x", OutputKind.AUDIO, "audio/wav"),
        (b"fLaC\0\0\0\x22", "ComfyUI.flac", OutputKind.AUDIO, "audio/flac"),
        (b"ID3\4\0\0\0\0\0\0", "a.txt", OutputKind.AUDIO, "audio/mpeg"),
        (b"OggS\0\2" + bytes(22) + b"\1\x13OpusHead", "x", OutputKind.AUDIO, "audio/ogg"),
        ("a quiet härbour\n".encode(), "prompt.txt", OutputKind.TEXT, "text/plain"),
        (b'{"a": 1}', "graph.json", OutputKind.TEXT, "application/json"),
        (b"\x00\x01\x02\xff", "model.glb", OutputKind.FILE, "model/gltf-binary"),
        (b"\x00\x01\x02\xff", "../../etc/passwd", OutputKind.FILE, "application/octet-stream"),
        (b"\x00\x01\x02\xff", "clip.mp4", OutputKind.VIDEO, "video/mp4"),
        (b"", "empty.bin", OutputKind.FILE, "application/octet-stream"),
    ],
)
def test_other_files_are_kept_as_what_they_are(
    head: bytes, name: str, kind: OutputKind, media_type: str
) -> None:
    found = checked(head, name)
    assert found.kind is kind
    assert (found.width_px, found.height_px) == (None, None)
    if media_type != "model/gltf-binary":  # Python's table knows it from 3.13 on
        assert found.media_type == media_type


@pytest.mark.parametrize("name", ["x.png", "x.JPG", "x.webp", "x.gif"])
@pytest.mark.parametrize("data", [b"", b"<html>502 Bad Gateway</html>", b"\x00\x01\x02\xff" * 9])
def test_a_name_that_promises_a_picture_is_held_to_it(name: str, data: bytes) -> None:
    with pytest.raises(DamagedPicture):
        checked(data, name)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_picture_that_was_cut_off_is_damaged(kind: str, share: float) -> None:
    data = samples.encoded(kind)
    with pytest.raises(DamagedPicture):
        checked(data[: int(len(data) * share)], "x.png")


@given(cut=st.integers(1, 60))
def test_even_the_last_bytes_of_png_and_jpeg_are_missed(cut: int) -> None:
    for kind in ("PNG", "JPEG"):
        with pytest.raises(DamagedPicture):
            checked(samples.encoded(kind)[:-cut], "x.png")


def test_bytes_after_the_end_do_no_harm() -> None:
    for kind in ("PNG", "JPEG"):
        assert checked(samples.encoded(kind) + b"\0trailer" * 20, "x").kind is OutputKind.IMAGE


@pytest.mark.parametrize("data", [samples.bomb_png(60_000, 60_000), samples.bomb_webp(16_000, 16_000)])
def test_a_decompression_bomb_is_refused_by_its_header(data: bytes) -> None:
    with pytest.raises(DamagedPicture, match=r"too large|cannot be decoded"):
        checked(data, "x.png", max_pixels=178_956_970)


def test_the_cap_is_a_parameter() -> None:
    data = samples.encoded("PNG")
    pixels = samples.SIZE[0] * samples.SIZE[1]
    assert checked(data, "x", max_pixels=pixels).width_px == samples.SIZE[0]
    with pytest.raises(DamagedPicture, match="too large"):
        checked(data, "x", max_pixels=pixels - 1)


@settings(max_examples=300)
@given(
    kind=st.sampled_from([*KINDS, "GIF"]),
    moving=st.booleans(),
    changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
    cut=st.integers(0, 400),
)
def test_mutated_pictures_are_whole_or_damaged(
    kind: str, moving: bool, changes: list[tuple[int, int]], cut: int
) -> None:
    source = samples.animated(kind) if moving and kind in ("PNG", "GIF", "WEBP") else samples.encoded(kind)
    data = bytearray(source)
    for at, value in changes:
        data[at % len(data)] = value
    try:
        found = checked(bytes(data[: len(data) - cut]), "x.png")
    except DamagedPicture:
        return
    assert found.kind is not OutputKind.IMAGE or found.width_px


@settings(max_examples=300)
@given(
    magic=st.sampled_from(
        [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF....WEBP", b"GIF89a", b"II*\0", b"BM"]
    ),
    data=st.binary(max_size=600),
    name=st.text(max_size=20),
)
def test_random_bytes_raise_nothing_else(magic: bytes, data: bytes, name: str) -> None:
    try:
        found = checked(magic + data, name)
    except DamagedPicture:
        return
    assert "/" in found.media_type


def test_a_missing_file_is_no_damaged_picture(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        check(tmp_path / "nowhere.png", "x.png")
