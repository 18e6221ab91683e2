"""The settings: what there is to set, and where each value came from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from darkroom.config.decode import Unusable, from_text, from_toml
from darkroom.config.document import Document, read
from darkroom.config.profiles import read_profiles
from darkroom.domain.errors import ConfigError
from darkroom.domain.profile import DEMO, Profile, arranged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.config.paths import Paths

IMAGES = ("auto", "kitty", "sixel", "half", "none")
LOG_LEVELS = ("debug", "info", "warning", "error")
WHEN = ("away", "always", "never")
QUITS = ("ask", "background", "wait", "pause")
_WHEN = {"choices": WHEN, "booleans": ("never", "always")}


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set, with the default of each.

    A value comes from a flag, else from the environment (`DARKROOM_THEME` for `theme`), else from
    `config.toml`, else from here.
    """

    theme: str = "darkroom-dark"
    """Name of the colour theme."""
    images: str = field(default="auto", metadata={"choices": IMAGES})
    """How pictures are drawn: `auto` (the best that the terminal says it can), `kitty`, `sixel`, `half` (half
    blocks, in every terminal) or `none`."""
    profile: str = ""
    """The server to use when none is named; empty means the one used last."""
    editor: str = ""
    """Command that edits a prompt; empty means `$VISUAL`, then `$EDITOR`."""
    previews: bool = True
    """Show pictures while they are being made."""
    bell: str = field(default="away", metadata=_WHEN)
    """Ring the terminal's bell when there is something to tell: `away` (the terminal has lost the focus, or
    no key was pressed for three minutes), `always` or `never`."""
    notify: str = field(default="away", metadata=_WHEN)
    """Send a desktop notification through the terminal: `away`, `always` or `never`, as for `bell`."""
    notify_on: str = field(default="batch", metadata={"choices": ("batch", "job")})
    """What there is to tell: `batch` (what went wrong, and that the queue is empty) or `job` (every end)."""
    notify_command: str = ""
    """Command that is run with what is told in its environment; no shell reads it."""
    notify_command_when: str = field(default="away", metadata={"choices": WHEN[:2]})
    """When it is run: `away` or `always`, as for `bell`."""
    quit: str = field(default="ask", metadata={"choices": QUITS})
    """What to do when work is left: `ask`, go on in the `background`, `wait` for it, or `pause` the queue."""
    resend_lost: bool = False
    """Send a job that its server lost once more, by itself: the same values, the same seed."""
    trash_days: int = field(default=30, metadata={"minimum": 0})
    """Days until what was deleted is gone for good."""
    log_level: str = field(default="info", metadata={"choices": LOG_LEVELS})
    """How much is written to the log: `debug`, `info`, `warning` or `error`."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of actions, as a table `[keys]`: `"history.rerun" = "R, f12"`."""


FIELDS = {setting.name: setting for setting in fields(Settings)}
"""The fields of `Settings` by name."""

_SERVERS = ("profiles", "groups")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The configuration as it was found.

    Attributes:
        settings: Usable whatever was found: what could not be used stands at its default.
        profiles: By name, in the order of the file: servers, groups, and the demo, which is always there.
        errors: What could not be used. None of it keeps the program from starting.
        sources: Name of the setting → "flag", "DARKROOM_THEME", "/…/config.toml:3" or "default";
            profiles are named "profiles.NAME", groups "groups.NAME".
    """

    settings: Settings = field(default_factory=Settings)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    errors: tuple[ConfigError, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


def load(paths: Paths, environ: Mapping[str, str], flags: Mapping[str, str] | None = None) -> Loaded:
    """Reads the configuration; whatever is wrong with it is told in `errors`, never raised.

    Args:
        paths: Where `config.toml` may be.
        environ: The environment: `DARKROOM_THEME`, `DARKROOM_TRASH_DAYS` …
        flags: Settings from the command line, as text, by name.
    """
    errors: list[ConfigError] = []
    try:
        document = read(paths.config_file)
    except ConfigError as error:
        errors.append(error)
        document = Document(paths.config_file)
    values: dict[str, Any] = {}
    sources = dict.fromkeys(FIELDS, "default")
    _from_document(document, values, sources, errors)
    for name, setting in FIELDS.items():
        variable = f"DARKROOM_{name.upper()}"
        for where, text in ((variable, environ.get(variable, "")), ("flag", (flags or {}).get(name, ""))):
            if text and name != "keys":
                try:
                    values[name], sources[name] = from_text(setting, text), where
                except Unusable as error:
                    errors.append(ConfigError(f"{where if where != 'flag' else name} {error}", key=name))
    profiles, problems = _read_profiles(document)
    for name, profile in profiles.items():
        if name != DEMO:
            kind = "groups" if profile.is_group else "profiles"
            sources[f"{kind}.{name}"] = document.place(kind, name)
    return Loaded(Settings(**values), profiles, (*errors, *problems), sources)


def _read_profiles(document: Document) -> tuple[dict[str, Profile], list[ConfigError]]:
    """What can be chosen, servers and groups of them, and what is wrong with the others."""
    profiles, errors = read_profiles(document)
    if "groups" not in document.tables:
        return profiles, errors
    # Few have several servers, and every start would pay for it.
    from darkroom.config.groups import read_groups

    groups, problems = read_groups(document, profiles)
    return arranged(profiles.values(), groups), [*errors, *problems]


def _from_document(
    document: Document, values: dict[str, Any], sources: dict[str, str], errors: list[ConfigError]
) -> None:
    for name, value in document.tables.items():
        if name in _SERVERS:
            continue
        if name == "keys":
            values["keys"], problems = _read_keys(document, value)
            errors.extend(problems)
            sources["keys"] = document.place("keys")
        elif name not in FIELDS:
            errors.append(document.unknown((name,), [*FIELDS, *_SERVERS]))
        else:
            try:
                values[name] = from_toml(FIELDS[name], value)
                sources[name] = document.place(name)
            except Unusable as error:
                errors.append(document.wrong((name,), str(error)))


def _read_keys(document: Document, table: object) -> tuple[dict[str, str], list[ConfigError]]:
    """The usable overrides; `history.rerun` may be written with quotes, with a dot, or as a table."""
    # Most configurations change no keys.
    from darkroom.config.keycheck import check as check_keys

    if not isinstance(table, dict):
        return {}, [document.wrong(("keys",), "must be a table")]
    chosen: dict[str, str] = {}
    paths: dict[str, tuple[str, ...]] = {}
    errors = []
    for name, value in table.items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for part, text in inner:
            action = f"{name}.{part}" if part else name
            paths[action] = ("keys", name, part) if part else ("keys", name)
            if isinstance(text, str):
                chosen[action] = text
            else:
                errors.append(document.wrong(paths[action], 'must be text, such as "ctrl+g, f12"'))
    good, problems = check_keys(chosen)
    errors.extend(document.error(paths[problem.id], problem.message, problem.hint) for problem in problems)
    return good, errors
