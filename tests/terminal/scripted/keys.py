"""What keys send, in a terminal that speaks as xterm does."""

from __future__ import annotations

_NAMED = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z",
    "escape": "\x1b", "space": " ", "backspace": "\x7f", "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR",
    "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~", "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~",
    "f10": "\x1b[21~", "f12": "\x1b[24~",
}  # fmt: skip


def sequence(key: str) -> bytes:
    """The bytes of a key: `down`, `f5`, `ctrl+c`, `alt+x`; anything else is typed as it is."""
    if key in _NAMED:
        return _NAMED[key].encode()
    if key.startswith("alt+"):
        return b"\x1b" + sequence(key[4:])
    if key.startswith("ctrl+") and len(key) == 6:
        return bytes([ord(key[5]) & 31])
    return key.encode()
