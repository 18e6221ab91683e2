"""The system's keyring: read by a process of its own, and never waited for without end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from darkroom.config.keychain import read
from darkroom.config.secrets import reveal
from darkroom.domain.errors import ConfigError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def keyring(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", request.param)


def backend(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("keyring", [f"tests.unit.config.backends.{name}"], indirect=True)


@backend("Holding")
@pytest.mark.usefixtures("keyring")
def test_a_secret_comes_from_the_keyring() -> None:
    assert reveal("keyring:darkroom/lab/box", {}).get_secret_value() == "s3cret-ö"


@backend("Holding")
@pytest.mark.usefixtures("keyring")
def test_an_entry_that_is_missing_is_named_with_the_command_that_makes_it() -> None:
    with pytest.raises(ConfigError, match="no such entry") as caught:
        read("darkroom", "shed")
    assert caught.value.hint == "Put it there: keyring set darkroom shed"


@backend("Locked")
@pytest.mark.usefixtures("keyring")
def test_a_locked_keyring_is_told() -> None:
    with pytest.raises(ConfigError, match="is locked") as caught:
        read("darkroom", "box")
    assert "Unlock it" in caught.value.hint


@backend("Hanging")
@pytest.mark.usefixtures("keyring")
def test_a_keyring_that_hangs_is_given_up() -> None:
    began = time.monotonic()
    with pytest.raises(ConfigError, match=r"did not answer within 0\.5 s") as caught:
        read("darkroom", "box", patience_s=0.5)
    assert time.monotonic() - began < 5
    assert "env:NAME" in caught.value.hint


@backend("Broken")
@pytest.mark.usefixtures("keyring")
def test_any_other_failure_is_told_and_printable() -> None:
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        read("darkroom", "box")
    assert "the bus is gone" in caught.value.detail
    assert "\x1b" not in caught.value.detail


@pytest.mark.parametrize("keyring", ["keyring.backends.fail.Keyring"], indirect=True)
@pytest.mark.usefixtures("keyring")
def test_a_system_without_a_keyring_is_told() -> None:
    with pytest.raises(ConfigError, match="There is no keyring"):
        read("darkroom", "box")


def test_without_the_package_it_says_how_to_get_it() -> None:
    # A Python without site packages has no `keyring`; Darkroom's own source is enough for this part.
    code = (
        "from darkroom.config.keychain import read\n"
        "from darkroom.domain.errors import ConfigError\n"
        "try:\n    read('a', 'b')\n"
        "except ConfigError as error:\n    print(error.title, error.hint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert "is not installed" in done.stdout, done.stderr
    assert "darkroom-tui[keyring]" in done.stdout


@pytest.mark.parametrize("reference", ["keyring:", "keyring:box", "keyring:/box", "keyring:darkroom/"])
def test_a_reference_that_names_no_entry_is_refused(reference: str) -> None:
    with pytest.raises(ConfigError, match="keyring:SERVICE/NAME"):
        reveal(reference, {})
