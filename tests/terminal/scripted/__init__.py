"""A terminal of the tests' own: it answers as told, reads as fast as told, and shows what it would show."""

from tests.terminal.scripted.profiles import PROFILES
from tests.terminal.scripted.screen import Screen
from tests.terminal.scripted.terminal import ScriptedTerminal

__all__ = ["PROFILES", "Screen", "ScriptedTerminal"]
