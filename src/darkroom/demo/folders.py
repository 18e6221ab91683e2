"""The server's folders, and how names from clients become paths inside them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

TYPES = ("input", "output", "temp")


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders below one `demo` folder; `root` must be absolute and resolved."""

    root: Path

    @property
    def input(self) -> Path:
        """Uploaded pictures."""
        return self.root / "input"

    @property
    def output(self) -> Path:
        """Saved pictures; they outlive everything."""
        return self.root / "output"

    @property
    def temp(self) -> Path:
        """Pictures of PreviewImage; gone when the server forgets."""
        return self.root / "temp"

    def by_type(self, name: str) -> Path | None:
        """The folder that `type=name` means, or None for an unknown type."""
        return {"input": self.input, "output": self.output, "temp": self.temp}.get(name)

    def create(self) -> None:
        """Makes the folders, readable by their owner alone."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in TYPES:
            (self.root / name).mkdir(exist_ok=True, mode=0o700)

    def empty_temp(self) -> None:
        """Removes all temporary pictures.

        Source: ComfyUI 0.3.64 wipes its temp folder at every start.
        """
        shutil.rmtree(self.temp, ignore_errors=True)
        self.temp.mkdir(exist_ok=True, mode=0o700)

    def annotated(self, name: str) -> tuple[str, Path | None]:
        """Splits `name [input|output|temp]` into the bare name and the folder it asks for.

        Source: ComfyUI 0.3.64, names in LoadImage and `/view?filename=`.
        """
        for kind in TYPES:
            mark = f"[{kind}]"
            if name.endswith(mark):
                return name[: -len(mark) - 1], self.by_type(kind)
        return name, None

    def picture(self, name: str) -> Path:
        """Where LoadImage reads `name` from: the input folder unless the name says otherwise."""
        bare, folder = self.annotated(name)
        return (folder or self.input) / bare


def folded(path: Path) -> Path:
    """The absolute path with `.` and `..` folded away; symbolic links are not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100  (resolve() would follow links)


def inside(folder: Path, path: Path) -> bool:
    """Whether `path` lies in `folder`, once folded."""
    return folded(path).is_relative_to(folder)
