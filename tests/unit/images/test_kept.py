"""A folder of files that may be lost, damaged or foreign."""

from __future__ import annotations

import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest

from darkroom.images.kept import KeptFiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "kept"


def test_what_is_written_is_read_by_another(folder: Path) -> None:
    KeptFiles(folder, limit_bytes=1000).write("ab1", b"data")
    assert KeptFiles(folder, limit_bytes=1000).read("ab1") == b"data"
    assert KeptFiles(folder, limit_bytes=1000).read("ab2") is None
    assert (folder / "ab").stat().st_mode & 0o077 == 0, "nobody else looks at the pictures"


def test_the_least_recently_used_go_first(folder: Path) -> None:
    files = KeptFiles(folder, limit_bytes=20)
    for name in ("aa", "bb", "cc", "dd"):
        KeptFiles(folder, limit_bytes=10_000).write(name, bytes(10))
    for age, name in enumerate(("aa", "bb", "cc", "dd")):
        os.utime(folder / name / name, (1_000_000 + age, 1_000_000 + age))
    assert files.read("aa") == bytes(10)
    assert files.prune() == 20
    assert [name for name in ("aa", "bb", "cc", "dd") if files.read(name)] == ["aa", "dd"]
    assert files.prune() == 0


def test_writing_keeps_within_the_limit(folder: Path) -> None:
    files = KeptFiles(folder, limit_bytes=1000)
    for number in range(100):
        files.write(f"{number:04}", bytes(100))
    total = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert 500 < total <= 1000 + 1000 // 8 + 100


def test_what_a_crash_left_behind_is_pruned(folder: Path) -> None:
    files = KeptFiles(folder, limit_bytes=10)
    files.write("ab", bytes(10))
    left = folder / "ab" / ".new-crashed"
    left.write_bytes(bytes(50))
    os.utime(left, (1_000_000, 1_000_000))
    assert files.prune() == 50
    assert files.read("ab") == bytes(10)


def test_pipes_links_and_folders_are_not_read(folder: Path, tmp_path: Path) -> None:
    files = KeptFiles(folder, limit_bytes=100)
    (folder / "ab").mkdir(parents=True)
    os.mkfifo(folder / "ab" / "abpipe")
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "ab" / "ablink").symlink_to(tmp_path / "secret")
    (folder / "ab" / "abfolder").mkdir()
    (folder / "ab" / "abhuge").write_bytes(bytes(101))
    for name in ("abpipe", "ablink", "abfolder", "abhuge"):
        assert files.read(name) is None, name
    files.write("ablink", b"new")
    assert files.read("ablink") == b"new"
    assert (tmp_path / "secret").read_bytes() == b"secret", "the link was replaced, not followed"


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    files = KeptFiles(tmp_path / "file" / "kept", limit_bytes=100)
    files.write("ab", b"data")
    assert files.read("ab") is None
    assert files.prune() == 0


@pytest.mark.parametrize("name", ["", "a", "../x", "ab/c", "AB", "ab\0", ".a", "ab\n"])
def test_a_name_is_never_a_path(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        KeptFiles(folder, limit_bytes=100).read(name)


def test_it_may_be_deleted_while_it_is_used(folder: Path) -> None:
    wrong: list[object] = []
    ends = threading.Event()

    def use(number: int) -> None:
        files = KeptFiles(folder, limit_bytes=5_000)
        for turn in range(300):
            data = bytes([number]) * (turn + 1)
            files.write(f"{number}0", data)
            found = files.read(f"{number}0")
            # A write that failed leaves what was there before, whole.
            if found is not None and not data.startswith(found or b"nothing"):
                wrong.append((number, turn, len(found)))

    def spoil() -> None:
        while not ends.is_set():
            shutil.rmtree(folder, ignore_errors=True)

    spoiler = threading.Thread(target=spoil)
    users = [threading.Thread(target=use, args=(number,)) for number in range(1, 4)]
    spoiler.start()
    for thread in users:
        thread.start()
    for thread in users:
        thread.join()
    ends.set()
    spoiler.join()
    assert not wrong
    files = KeptFiles(folder, limit_bytes=5_000)
    files.write("ab", b"data")
    assert files.read("ab") == b"data"
