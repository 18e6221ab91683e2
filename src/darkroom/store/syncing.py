"""Making files and names last through a power cut."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if sys.platform == "darwin":
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path


def sync_file(handle: int) -> None:
    """Brings what was written to an open file to the disk. Raises `OSError`."""
    if sys.platform == "darwin":
        # There a plain fsync leaves the bytes in the drive's own cache.
        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Makes the names in `folder` last. Windows cannot open folders, and does not need it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
