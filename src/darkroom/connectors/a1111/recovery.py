"""Pictures that the server keeps under names of ours, so that a lost answer loses none of them.

The server has no store of jobs. It can be told, for one job, to save the pictures, under which names, and
in which folder; its web page hands out files. Names must differ for every picture, or a batch overwrites
itself: they hold the number of the picture. Source: Forge f2.0.1, `modules/images.py`, recording
`recover_saved_file_by_known_name`; `[generation_number]` takes the text before it away when there is
one picture only, so `[none]` stands between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.connectors.a1111.handle import Saved
from darkroom.connectors.together import together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.a1111.client import Client
    from darkroom.connectors.a1111.handle import JobHandle

FOLDER = "darkroom"


def keeping(saved: Saved) -> dict[str, Any]:
    """The settings, for one job, that make the server save its pictures as `saved` says."""
    return {
        "samples_save": True,
        "samples_filename_pattern": f"{saved.stem}[none]-[generation_number]",
        "save_images_add_number": False,
        "save_to_dirs": True,
        "directories_filename_pattern": FOLDER,
        "save_incomplete_images": True,
        "grid_save": False,
        "return_grid": False,
    }


def place(options: Mapping[str, Any], generation_id: str, *, from_picture: bool) -> Saved | None:
    """Where the pictures of a job will be; `None` when the server's settings do not tell.

    Args:
        options: The server's settings.
        generation_id: Whose pictures; a UUID.
        from_picture: The job begins with a picture: those are kept elsewhere.
    """
    own = options.get("outdir_img2img_samples" if from_picture else "outdir_txt2img_samples")
    folder = options.get("outdir_samples") or own
    ending = options.get("samples_format")
    if not isinstance(folder, str) or not folder or not isinstance(ending, str) or not ending.isalnum():
        return None
    return Saved(f"{folder.rstrip('/')}/{FOLDER}", f"darkroom-{generation_id}", ending.lower())


async def fetch(client: Client, job: JobHandle) -> list[bytes]:
    """The pictures of a job that the server has kept, up to the first that is missing.

    Raises:
        Unreachable: The server cannot be asked.
    """
    if job.saved is None or job.expected is None:
        return []
    paths = [f"{job.saved.folder}/{name}" for name in job.saved.names(job.expected)]
    found = await together(*map(client.file, paths))
    complete = found.index(None) if None in found else len(found)
    return [data for data in found[:complete] if data is not None]
