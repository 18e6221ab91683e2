"""A round on a small disk: `small_disk.py MB FOLDER SEED SERVICE TROUBLES`, in a mount namespace of its own.

The last line that it writes is how the round went, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

from tests.torture.playing import DISK, play
from tests.torture.scenario import Trouble, draw

if __name__ == "__main__":
    megabytes, folder, seed, service, troubles = sys.argv[1:]
    disk = Path(folder, DISK)
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)], check=True)
    scenario = draw(int(seed), (service,), [Trouble(trouble) for trouble in troubles.split(",")])
    played = asyncio.run(play(scenario, Path(folder)))
    print(json.dumps(played.plain()))  # noqa: T201
