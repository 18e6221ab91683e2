"""Keyrings that behave as real ones do: chosen by `PYTHON_KEYRING_BACKEND`, as keyring itself offers."""

from __future__ import annotations

import time

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class _Backend(KeyringBackend):
    priority = 1.0

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


class Holding(_Backend):
    """Has one entry."""

    def get_password(self, service: str, username: str) -> str | None:
        return "s3cret-ö" if (service, username) == ("darkroom/lab", "box") else None


class Locked(_Backend):
    """Wants to be unlocked first."""

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("Failed to unlock the collection!")


class Hanging(_Backend):
    """Waits for a D-Bus that never answers."""

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(600)
        return None


class Broken(_Backend):
    """Fails in a way of its own."""

    def get_password(self, service: str, username: str) -> str | None:
        raise OSError("the bus is gone \x1b[31m")
