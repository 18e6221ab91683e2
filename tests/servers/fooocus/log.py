"""The pictures on disk, what is written into them, and the log of the day."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import time
import urllib.parse
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.servers.harness.painting import png

if TYPE_CHECKING:
    from tests.servers.fooocus.task import Task

VERSION = "Fooocus v2.5.5"
SPLIT = "<!--fooocus-log-split-->"


class Log:
    """One server's outputs. Source: Fooocus 2.5.5, `modules/private_logger.py`."""

    def __init__(self, home: Path, *, kept: bool) -> None:
        self.outputs = home / "outputs"
        self.shown = home / "tmp"
        self.kept = kept
        self.ready_at = 0.0

    @property
    def page(self) -> Path:
        """The log of today."""
        return self.outputs / f"{datetime.now().astimezone():%Y-%m-%d}" / "log.html"

    def gives(self, path: Path) -> bool:
        """Whether the page gives this file away."""
        return any(path.resolve().is_relative_to(folder.resolve()) for folder in (self.outputs, self.shown))

    def save(self, picture: Image.Image, task: Task, told: dict[str, Any]) -> Path:
        """Writes a picture, and notes it."""
        now = datetime.now().astimezone()
        ending = task.asked["output_format"]
        name = f"{now:%Y-%m-%d_%H-%M-%S}_{random.randint(1000, 9999)}.{ending}"
        folder = self.page.parent if self.kept else self.shown
        folder.mkdir(parents=True, exist_ok=True)
        _write(picture, folder / name, told if task.asked.get("save_metadata_to_images") else None)
        if self.kept:
            self._note(name, told)
        self.ready_at = time.monotonic()
        return folder / name

    def show(self, picture: Path | Image.Image) -> Path:
        """The copy that Gradio makes for its gallery: in a folder named by the bytes."""
        if isinstance(picture, Path):
            folder = self.shown / hashlib.sha1(picture.read_bytes(), usedforsecurity=False).hexdigest()
            copied = folder / picture.name
            if not copied.exists():
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(picture, copied)
            return copied
        folder = self.shown / hashlib.sha1(picture.tobytes(), usedforsecurity=False).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(folder / "image.png")
        return folder / "image.png"

    def _note(self, name: str, told: dict[str, Any]) -> None:
        page = self.page
        parts = page.read_text(encoding="utf-8").split(SPLIT) if page.exists() else []
        middle = parts[1] if len(parts) == 3 else "\n\n"
        copied = urllib.parse.quote(json.dumps(told, indent=0), safe="")
        block = f'<div id="{name.replace(".", "_")}" class="image-container"><hr><table><tr>\n'
        block += f"<td><a href=\"{name}\" target=\"_blank\"><img src='{name}' loading='lazy'/></a></td><td>"
        # Written as it is, which fails on half a character when the log was opened, and so emptied, already.
        block += f"<table class='metadata'><tr><td>{told.get('prompt', '')}</td></tr></table>"
        block += f"</br><button onclick=\"to_clipboard('{copied}')\">Copy to Clipboard</button>"
        block += "</td></tr></table></div>\n\n"
        page.write_text(f"<html><body>{SPLIT}{block}{middle}{SPLIT}</body></html>", encoding="utf-8")


def _write(picture: Image.Image, path: Path, told: dict[str, Any] | None) -> None:
    if path.suffix == ".png":
        texts = {}
        if told is not None:
            texts = {"parameters": json.dumps(dict(sorted(told.items()))), "fooocus_scheme": "fooocus"}
        path.write_bytes(png(picture, texts))
        return
    exif = Image.Exif()
    if told is not None:
        exif[0x9286], exif[0x0131], exif[0x927C] = json.dumps(told), VERSION, "fooocus"
    picture.save(path, quality=95, exif=exif)


def metadata(task: Task, seed: int, size: tuple[int, int]) -> dict[str, Any]:
    """What is written into the picture and the log, names as the server replaced them."""
    asked = task.asked
    same = asked["refiner_model_name"] == asked["base_model_name"]
    expansion = "Fooocus V2" in asked["style_selections"] and asked["prompt"] != ""
    styles = [name for name in asked["style_selections"] if name != "Fooocus V2"]
    return {
        "prompt": asked["prompt"].strip(",. \n"),
        "negative_prompt": asked["negative_prompt"],
        "styles": str([*(["Fooocus V2"] if expansion else []), *styles]),
        "performance": task.performance,
        "steps": task.steps,
        "resolution": str(size),
        "guidance_scale": 1.0 if task.fast else asked["cfg_scale"],
        "sharpness": 0.0 if task.fast else asked["sharpness"],
        "base_model": stem(asked["base_model_name"]),
        "refiner_model": "None" if task.fast or same else stem(asked["refiner_model_name"]),
        "refiner_switch": asked["refiner_switch"],
        "loras": [[stem(name), weight, "e5a00aa999"] for name, weight in task.loras()],
        "sampler": "euler" if task.fast else asked["sampler_name"],
        "scheduler": "sgm_uniform" if task.fast else asked["scheduler_name"],
        "vae": asked["vae_name"],
        "seed": str(seed),
        "clip_skip": asked["clip_skip"],
        "metadata_scheme": "fooocus",
        "version": VERSION,
    }


def stem(name: str) -> str:
    """A model's name, without folders and ending."""
    last = name.rpartition("/")[2]
    return last.rpartition(".")[0] or last
