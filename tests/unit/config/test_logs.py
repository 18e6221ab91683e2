"""The log file: private, printable, about something, and silent about passwords."""

from __future__ import annotations

import logging
import stat
from typing import TYPE_CHECKING

import pytest

from darkroom.config.logs import about, configure, write_crash
from darkroom.config.paths import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def restore_logging() -> Iterator[None]:
    """The root logger as it was: it belongs to the whole test run."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    for handler in [known for known in root.handlers if known not in handlers]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def test_lines_name_what_they_are_about(tmp_path: Path) -> None:
    file = configure(resolve(tmp_path, {}))
    assert file is not None
    log = logging.getLogger("darkroom.test")
    with about(generation="0123456789", profile="box"):
        log.info("sent")
    log.debug("too fine")
    log.warning("evil \x1b[31m text")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert "[01234567 box] sent" in lines[0]
    assert "[-] evil \ufffd[31m text" in lines[1]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_libraries_that_write_headers_are_kept_quiet(tmp_path: Path) -> None:
    file = configure(resolve(tmp_path, {}), "debug")
    assert file is not None
    logging.getLogger("websockets.client").debug("> Authorization: Bearer hunter2")
    logging.getLogger("httpcore.http11").debug("headers=[(b'Authorization', b'hunter2')]")
    assert "hunter2" not in file.read_text(encoding="utf-8")


def test_configuring_twice_writes_each_line_once(tmp_path: Path) -> None:
    file = configure(resolve(tmp_path, {}))
    configure(resolve(tmp_path, {}))
    logging.getLogger("darkroom.test").info("once")
    assert file is not None
    assert file.read_text(encoding="utf-8").count("once") == 1


def test_a_log_that_cannot_be_written_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file in the way")
    paths = resolve(tmp_path, {})
    assert configure(paths) is None
    assert write_crash(paths, ValueError("x")) is None


def test_a_crash_leaves_its_traceback(tmp_path: Path) -> None:
    try:
        raise ValueError("what happened")
    except ValueError as error:
        file = write_crash(resolve(tmp_path, {}), error)
    assert file is not None
    text = file.read_text(encoding="utf-8")
    assert "ValueError: what happened" in text
    assert "test_logs.py" in text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
