"""Whether a process that may own jobs still lives, as far as that can be told from here."""

from __future__ import annotations

import os
import socket
from datetime import timedelta
from typing import TYPE_CHECKING

from darkroom.services.clock import now
from darkroom.services.queue.lease import STALE_AFTER_S

if TYPE_CHECKING:
    from darkroom.store.leases import Process


def is_dead(pid: int | None, host: str) -> bool:
    """Whether it certainly lives no more: it was of this machine, and its id is free."""
    if host != socket.gethostname() or pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def is_gone(process: Process) -> bool:
    """Whether it is dead, or was not heard of for too long while nobody can look for it."""
    if process.host == socket.gethostname() and process.pid is not None:
        return is_dead(process.pid, process.host)
    return process.heartbeat < now() - timedelta(seconds=STALE_AFTER_S)
