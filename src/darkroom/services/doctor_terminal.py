"""The doctor on the terminal: what it said, how pictures are drawn, and what would make them better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from darkroom.domain.text import printable
from darkroom.services.doctor_asking import ask
from darkroom.services.findings import Finding, Level
from darkroom.terminal import tmux
from darkroom.terminal.brands import brand
from darkroom.terminal.decide import decide
from darkroom.terminal.evidence import VARIABLES
from darkroom.terminal.first import at_first
from darkroom.terminal.notify import Way, way
from darkroom.terminal.protocol import Protocol
from darkroom.terminal.surroundings import Place, place
from darkroom.terminal.truecolor import VARIABLE as COLOURS
from darkroom.terminal.truecolor import is_truecolor, system

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from darkroom.terminal.evidence import Client, Evidence
    from darkroom.terminal.protocol import Choice

SECTION = "Terminal"

_SHOWN = (*(name for name in VARIABLES if name != COLOURS), "LANG", "LC_ALL")

_COLOURS = {"truecolor": "24-bit colours are written", "256": "256 colours are written"}


def terminal(setting: str, environ: Mapping[str, str], evidence: Evidence | None) -> Iterator[Finding]:
    """What is known of the terminal, what follows from it, and what to change.

    Args:
        setting: The setting `images`.
        environ: The environment, colours settled (`truecolor.settle`).
        evidence: What the terminal answered; `None` in a pipe or a log, where nothing was asked.
    """
    if evidence is None:
        yield Finding(SECTION, "terminal", "none: this is a pipe or a log", Level.NOTE)
    for name in _SHOWN:
        if name in environ:
            yield Finding(SECTION, name, printable(environ[name]))
    if evidence is not None:
        yield from _answers(evidence)
    yield _colours(environ)
    choice = chosen(setting, environ, evidence)
    level = Level.NOTE if choice.remedy else Level.FINE
    yield Finding(SECTION, "pictures", f"{choice.protocol}: {choice.reason}", level, choice.remedy)
    yield _notifications(environ)
    if environ.get("TMUX"):
        yield from _tmux(needs_passthrough=choice.protocol is Protocol.KITTY)


def chosen(setting: str, environ: Mapping[str, str], evidence: Evidence | None) -> Choice:
    """How pictures are drawn here.

    Args:
        setting: The setting `images`.
        environ: As for `terminal`.
        evidence: As for `terminal`.
    """
    if evidence is None:
        return at_first(setting, environ, is_truecolor(environ))
    return decide(setting, evidence)


def as_data(choice: Choice, evidence: Evidence) -> dict[str, Any]:
    """Choice and evidence for a program to read."""
    return {
        "images": str(choice.protocol),
        "reason": choice.reason,
        "remedy": choice.remedy.splitlines(),
        "place": str(place(evidence.environ)),
        "environment": {name: printable(value) for name, value in evidence.environ.items()},
        "truecolor": evidence.truecolor,
        "version": evidence.version,
        "graphics": evidence.graphics,
        "graphics_through_tmux": evidence.wrapped,
        "attributes": evidence.attributes,
        "cell_px": evidence.cell_px,
        "answered_after_s": evidence.after_s,
        "answers": [{"after_s": round(after_s, 4), "answer": words} for after_s, words in evidence.answers],
        "tmux": _client_data(evidence.client) if evidence.client else None,
    }


def _client_data(client: Client) -> dict[str, Any]:
    return {
        "version": client.version,
        "allow_passthrough": client.passthrough,
        "clients": client.count,
        "in_front": client.in_front,
        "shown_by": [
            {
                "term": each.termname,
                "version": each.termtype,
                "features": sorted(each.features),
                "cell_px": each.cell_px,
            }
            for each in (client, *client.others)
            if client.count
        ],
    }


def _answers(evidence: Evidence) -> Iterator[Finding]:
    where = place(evidence.environ)
    if not where.is_askable:
        yield Finding(SECTION, "asked", f"nothing: this is {where}")
    elif evidence.after_s is None:
        yield Finding(
            SECTION, "answered", "nothing", Level.NOTE, "A slow line? Half blocks work on every one"
        )
    for after_s, words in evidence.answers:
        yield Finding(SECTION, "answered", f"{words} (after {after_s * 1000:.0f} ms)")
    if evidence.cell_px is not None and not any(words.startswith("cell") for _, words in evidence.answers):
        yield Finding(SECTION, "cell", "{}x{} pixels".format(*evidence.cell_px))
    if evidence.client is None:
        return
    for client in (evidence.client, *evidence.client.others) if evidence.client.count else ():
        name = str(brand(client.termtype)) or "a terminal that does not tell its name"
        features = ", ".join(sorted(client.features)) or "no features"
        yield Finding(SECTION, "behind tmux", f"{name}, TERM {client.termname or 'unknown'}; {features}")


def _colours(environ: Mapping[str, str]) -> Finding:
    written = system(environ)
    said = _COLOURS.get(written, "16 colours are written")
    if written == "truecolor" or place(environ) in (Place.DUMB, Place.CONSOLE):
        return Finding(SECTION, "colours", said)
    hint = "If the terminal has more: export COLORTERM=truecolor (over SSH it is often not passed on)"
    return Finding(SECTION, "colours", said, Level.NOTE, hint)


def _notifications(environ: Mapping[str, str]) -> Finding:
    client = tmux.client() if environ.get("TMUX") else ""
    told = way(environ, client)
    if told is Way.NONE:
        hint = "This terminal is known for no notifications; notify_command can send them another way"
        return Finding(SECTION, "notifications", "the bell alone", Level.NOTE, hint)
    through = f" through tmux to {client}" if client else ""
    return Finding(SECTION, "notifications", f"{told}{through}, and the bell")


def _tmux(*, needs_passthrough: bool) -> Iterator[Finding]:
    yield Finding(SECTION, "tmux", ask("tmux", "-V") or "version unknown")
    passthrough = ask("tmux", "show-options", "-gv", "allow-passthrough") or "unknown"
    if ask("tmux", "show-options", "-gv", "focus-events") == "off":
        hint = (
            "That you look elsewhere is only seen by the keys you do not press: tmux set -g focus-events on"
        )
        yield Finding(SECTION, "focus-events", "off", Level.NOTE, hint)
    if passthrough in ("on", "all"):
        hint = (
            "Notifications arrive while the pane is in sight; always with: tmux set -g allow-passthrough all"
        )
        yield Finding(SECTION, "allow-passthrough", passthrough, hint=hint if passthrough == "on" else "")
        return
    yield Finding(
        SECTION,
        "allow-passthrough",
        passthrough,
        Level.WRONG if needs_passthrough else Level.NOTE,
        "kitty's graphics and desktop notifications need: tmux set -g allow-passthrough on",
    )
