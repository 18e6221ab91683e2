"""A process that fills a tiny disk: `full_disk_process.py FOLDER`, run in a mount namespace of its own.

It mounts a file system of 3 MB on FOLDER and says, line by line, what it met.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[2]))

from darkroom.domain.errors import StoreError
from darkroom.store.store import Store
from tests.store.recipes import complete

if TYPE_CHECKING:
    from darkroom.domain.generation import Summary


async def main(folder: Path) -> None:
    """Writes until nothing goes, then makes room and goes on."""
    store = await Store.open(folder / "darkroom.db", folder / "blobs")
    session = await store.sessions.create("s")
    ballast = folder / "ballast"
    ballast.write_bytes(b"x" * 1_000_000)

    kept: list[Summary] = []
    try:
        while True:
            kept.append(await complete(store, session.id, f"prompt {len(kept)} " * 2000))
    except StoreError as error:
        print("database:", error.title)  # noqa: T201
    try:
        await store.blobs.add(b"y" * 3_000_000)
    except StoreError as error:
        print("blob:", error.title)  # noqa: T201
    left = [path.name for path in (folder / "blobs").rglob("*") if path.is_file()]
    print("left:", left)  # noqa: T201
    for row in kept:
        if await store.generations.get(row.id) is None:
            print("missing:", row.number)  # noqa: T201

    ballast.unlink()
    made = await complete(store, session.id, "room again")
    print("after:", made.prompt, len(kept) > 3)  # noqa: T201
    await store.aclose()


if __name__ == "__main__":
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", sys.argv[1]], check=True)
    asyncio.run(main(Path(sys.argv[1])))
