"""Names of keys: how people write them, how Textual calls them, and which of them may be bound.

Nothing of Textual is imported: its names are the Unicode names of the characters in lower case with
underscores, a few of them shortened. Source: Textual 8.2, `textual/keys.py`.
"""

from __future__ import annotations

_PUNCTUATION = {
    "!": "exclamation_mark",
    '"': "quotation_mark",
    "#": "number_sign",
    "$": "dollar_sign",
    "%": "percent_sign",
    "&": "ampersand",
    "'": "apostrophe",
    "(": "left_parenthesis",
    ")": "right_parenthesis",
    "*": "asterisk",
    "+": "plus",
    ",": "comma",
    "-": "minus",
    ".": "full_stop",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "less_than_sign",
    "=": "equals_sign",
    ">": "greater_than_sign",
    "?": "question_mark",
    "@": "at",
    "[": "left_square_bracket",
    "\\": "backslash",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
    "_": "underscore",
    "`": "grave_accent",
    "{": "left_curly_bracket",
    "|": "vertical_line",
    "}": "right_curly_bracket",
    "~": "tilde",
}
_CHARACTERS = {name: character for character, name in _PUNCTUATION.items()}
_SYNONYMS = {"esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup",
             "pgdn": "pagedown", "pgdown": "pagedown", "control": "ctrl", "meta": "alt", "option": "alt",
             "cmd": "super"}  # fmt: skip
_MODIFIERS = ("alt", "ctrl", "shift", "super")
NAMED = (
    "enter", "escape", "tab", "space", "backspace", "delete", "insert", "up", "down", "left", "right", "home",
    "end", "pageup", "pagedown", *(f"f{number}" for number in range(1, 25)),
)  # fmt: skip
"""Keys that have a name and no character, `space` aside."""

FORBIDDEN = {
    "ctrl+h": "terminals send it for backspace",
    "ctrl+i": "it is the tab key",
    "ctrl+j": "it is a new line",
    "ctrl+m": "it is the enter key",
    "ctrl+left_square_bracket": "it is the escape key",
    "ctrl+a": "it is the prefix of GNU Screen",
    "ctrl+b": "it is the prefix of tmux",
    "ctrl+s": "terminals stop their output with it",
    "ctrl+q": "terminals start their output with it",
    "ctrl+x": "it cuts text",
    "alt+b": "plain terminals send it for ctrl+left",
    "alt+f": "plain terminals send it for ctrl+right",
}
"""Keys that may not be bound, each with the reason."""


def canonical(name: str) -> str | None:
    """The key as Textual names it, or `None` when there is no such key.

    Modifiers may stand in any order and case: `Shift+Ctrl+F6` is `ctrl+shift+f6`; `?` is `question_mark`.
    A shifted letter is the capital: `shift+g` is `G`.
    """
    name = name.strip()
    if name == "+" or name.endswith("++"):
        name = name[:-1] + "plus"
    *before, last = name.split("+")
    modifiers = {_SYNONYMS.get(part.strip().lower(), part.strip().lower()) for part in before}
    key = _key(last.strip())
    if key is None or not modifiers <= set(_MODIFIERS):
        return None
    if len(key) == 1 and key.isalpha():
        if modifiers == {"shift"}:
            return key.upper()
        key = key.lower() if modifiers else key
    return "+".join([*(m for m in _MODIFIERS if m in modifiers), key])


def _key(name: str) -> str | None:
    if len(name) == 1:
        if name in _PUNCTUATION:
            return _PUNCTUATION[name]
        return name if name.isascii() and name.isalnum() else None
    folded = _SYNONYMS.get(name.lower(), name.lower())
    return folded if folded in NAMED or folded in _CHARACTERS else None


def is_printing(key: str) -> bool:
    """Whether `key` (as from `canonical`) types something into a text field."""
    return key == "space" or key in _CHARACTERS or len(key) == 1


def display(key: str) -> str:
    """`key` as people write it: `question_mark` is `?`, `ctrl+g` stays."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _CHARACTERS.get(last, last)])
