"""Secrets are found by reference and never shown."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from darkroom.config.secrets import Secret, reveal
from darkroom.domain.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def secret_file(tmp_path: Path, data: bytes = b"s3cret\n", mode: int = 0o600) -> Path:
    path = tmp_path / "token"
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    assert reveal("env:TOKEN", {"TOKEN": "abc"}).get_secret_value() == "abc"
    assert reveal(f"file:{secret_file(tmp_path)}", {}).get_secret_value() == "s3cret"
    assert reveal("", {}) == Secret("")


def test_a_secret_is_never_shown() -> None:
    secret = Secret("abc")
    assert "abc" not in f"{secret} {secret!r} {[secret]}"


def test_a_secret_in_the_clear_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        reveal("hunter2", {})
    assert "hunter2" not in " ".join(caught.value.lines())
    assert "env:NAME" in caught.value.hint


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = secret_file(tmp_path, mode=mode)
    with pytest.raises(ConfigError) as caught:
        reveal(f"file:{path}", {})
    assert f"0{mode:o}" in caught.value.detail
    assert caught.value.hint == f"chmod 600 {path}"


@pytest.mark.parametrize("data", [b"", b"\n", b"two\nlines", b"bell\x07", b"\xff", b"x" * 70_000])
def test_what_cannot_stand_in_a_header_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ConfigError) as caught:
        reveal(f"file:{secret_file(tmp_path, data)}", {})
    assert "two" not in " ".join(caught.value.lines())


def test_a_pipe_does_not_make_it_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(ConfigError, match="plain file"):
        reveal(f"file:{tmp_path / 'pipe'}", {})


@pytest.mark.parametrize(
    ("reference", "word"),
    [("env:ABSENT", "not set"), ("file:relative", "absolute"), ("file:/absent/x", "read")],
)
def test_what_is_missing_is_named(reference: str, word: str) -> None:
    with pytest.raises(ConfigError, match=word):
        reveal(reference, {})
