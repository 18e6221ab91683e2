"""Builds the wheel, installs it into an empty environment, and makes a picture with it from an empty folder.

What works in a checkout may be missing from a wheel: style sheets, migrations, the demo's node catalog.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "darkroom"
NEEDED = (
    "darkroom/py.typed",
    "darkroom/styles/",
    "darkroom/store/migrations/0001",
    "core_nodes.json",
    ".dist-info/entry_points.txt",
    ".dist-info/licenses/LICENSE",
)
"""Parts of names of which each must be in the wheel."""

FORBIDDEN = ("tests/", "benchmarks/", "tools/", "__pycache__", ".pyc")


def run(*command: str | Path, cwd: Path, env: dict[str, str] | None = None, log: Path | None = None) -> str:
    """Runs a command; gives its stdout. When it fails, this program ends with its words and `log`."""
    done = subprocess.run(  # noqa: S603 - the words are ours
        [str(word) for word in command], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        words = " ".join(str(word) for word in command)
        logged = log.read_text("utf-8") if log is not None and log.exists() else ""
        sys.exit(f"wheel: `{words}` ended with {done.returncode}\n{done.stdout}{done.stderr}{logged}")
    return done.stdout


def build(folder: Path) -> Path:
    """Builds the wheel into `folder`."""
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"),
        *("--no-deps", "--wheel-dir", folder, "."),
        cwd=ROOT,
    )
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1:
        sys.exit(f"wheel: expected one, found {wheels}")
    return wheels[0]


def missing(wheel: Path) -> list[str]:
    """What the wheel lacks or should not have, as lines."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    lacks = [f"lacks {part}" for part in NEEDED if not any(part in name for name in names)]
    return lacks + [f"holds {name}" for name in names if any(part in name for part in FORBIDDEN)]


def install(wheel: Path, folder: Path) -> Path:
    """Makes an environment with nothing but the wheel and what it depends on; gives its `darkroom`."""
    venv.create(folder, with_pip=True)
    binaries = folder / ("Scripts" if os.name == "nt" else "bin")
    run(
        *(binaries / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"),
        *("--constraint", ROOT / "constraints.txt", wheel),
        cwd=folder,
    )
    return binaries / PACKAGE


def use(command: Path, folder: Path) -> None:
    """Runs the installed command as a person would on a fresh machine."""
    cwd = folder / "empty"
    cwd.mkdir()
    home = folder / "home"
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "DARKROOM_HOME": str(home), "LANG": "C.UTF-8"}
    version = run(command, "--version", cwd=cwd, env=env).strip()
    log = home / "logs" / "darkroom.log"
    try:
        text = run(
            *(command, "generate", "a quiet harbour", "--profile", "demo"),
            *("--size", "256x256", "--set", "steps=4", "--json"),
            cwd=cwd,
            env=env,
            log=log,
        )
        made = json.loads(text)
        picture = Path(made["outputs"][0]["path"])
        if made["status"] != "complete" or not picture.read_bytes().startswith(b"\x89PNG"):
            sys.exit(f"wheel: no picture was made: {text}")
        styles = run(
            *(command.with_name("python"), "-c"),
            "from darkroom.config.paths import styles_folder as s; print(*s().rglob('*.tcss'), sep='\\n')",
            cwd=cwd,
            env=env,
        ).split()
    finally:
        end_demo(home)
    if not styles or any(ROOT in Path(path).parents for path in styles):
        sys.exit(f"wheel: the style sheets are not the installed ones: {styles}")
    if any(cwd.iterdir()):
        sys.exit(f"wheel: files were left in the working folder: {list(cwd.iterdir())}")
    print(f"wheel: {version} made a picture of {picture.stat().st_size:,} bytes; {len(styles)} style sheets")


def end_demo(home: Path) -> None:
    """Ends the demo server of `home`, if it runs."""
    try:
        state = json.loads((home / "data" / "demo" / "server.json").read_text("utf-8"))
        os.kill(state["pid"], signal.SIGTERM)
    except (OSError, ValueError, KeyError):
        return


def main() -> int:
    """Builds, inspects, installs and uses the wheel."""
    with tempfile.TemporaryDirectory(prefix="darkroom-wheel-") as name:
        folder = Path(name)
        wheel = build(folder)
        if wrong := missing(wheel):
            print(f"wheel: {wheel.name} " + f"\nwheel: {wheel.name} ".join(wrong), file=sys.stderr)
            return 1
        use(install(wheel, folder / "venv"), folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
