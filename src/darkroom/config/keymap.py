"""Every key of the program, once: the app, its footer and help, the docs and `doctor` read this table.

    from darkroom.config.keymap import bindings_for
    for key in bindings_for("history", settings.keys): ...   # key.id, key.all_keys, key.label, key.help

A key of the group `global` works everywhere, text fields included, and so is never a printing one;
its `plain` keys work wherever nothing is typed. The keys of all other groups belong to one pane or
one kind of field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from darkroom.config.keynames import canonical, display

if TYPE_CHECKING:
    from collections.abc import Mapping


class Key(NamedTuple):
    """One action and the keys that run it.

    Attributes:
        id: Unique and lasting: what `[keys]` in the configuration takes ("history.rerun").
        keys: Key names as Textual spells them, the one to show first.
        label: One or two words for the footer.
        help: A sentence without a full stop for the help screen, tooltips and docs.
        group: A key of `GROUPS`.
        plain: Further keys of a global action that give way to whatever has the focus: printing
            ones, and ctrl+c, which copies where text is selected.
        footer: Whether the footer shows it.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    help: str
    group: str
    plain: tuple[str, ...] = ()
    footer: bool = False

    @property
    def all_keys(self) -> tuple[str, ...]:
        """`keys` and `plain` together, each key once."""
        return tuple(dict.fromkeys(self.keys + self.plain))

    def shown(self) -> str:
        """All of its keys as people write them: "ctrl+f, /"."""
        return ", ".join(map(display, self.all_keys))


GROUPS = {
    "global": "Everywhere",
    "list": "In every list",
    "sessions": "Sessions",
    "history": "History",
    "queue": "The queue",
    "batch": "The grid of a batch",
    "gallery": "The contact sheet",
    "viewer": "The picture, full screen",
    "prompt": "In a prompt",
    "section": "In a section of the form",
    "number": "In a number field",
    "seed": "In a seed field",
}
"""Groups in the order they are shown, with their titles."""

ABOVE = {"sessions": ("list",), "history": ("list",), "queue": ("list",), "seed": ("number",)}
"""Groups whose keys also work in a group, beside the global ones."""

KEYS: tuple[Key, ...] = (
    Key("generate", ("ctrl+g",), "generate", "Make a picture from the form", "global", footer=True),
    Key("cancel", ("f8",), "cancel", "Cancel what is shown, or the newest that runs", "global", footer=True),
    Key("queue", ("ctrl+l", "alt+5"), "queue", "Show all that waits or runs", "global", ("5",), footer=True),
    Key("editor", ("f4",), "editor", "Edit the text in $EDITOR", "global", footer=True),
    Key("jump", ("ctrl+o",), "jump", "Put letters on everything that can be reached", "global", footer=True),
    Key("find", ("ctrl+f",), "find", "Find a session, a picture, a model or a prompt", "global", footer=True),
    Key("commands", ("ctrl+p",), "commands", "Find and run any command", "global", footer=True),
    Key("help", ("f1",), "help", "Explain what has the focus", "global", ("question_mark",), footer=True),
    Key("generate_urgent", ("alt+g",), "generate next", "Make a picture before all that waits", "global"),
    Key("generate_idle", ("alt+i",), "generate later", "Make a picture when nothing else waits", "global"),
    Key("batch", ("alt+m",), "batch", "Make many pictures: sweeps, prompt lists, seeds", "global"),
    Key("batches", ("alt+v",), "batches", "Show the batches of this session as grids", "global"),
    Key("gallery", ("alt+6",), "pictures", "Show all pictures as a contact sheet", "global", ("6",)),
    Key("new_session", ("ctrl+n",), "new session", "Start a new session", "global"),
    Key("zoom", ("f5",), "full screen", "Give the picture the whole screen, or take it back", "global"),
    Key("images", ("alt+p",), "images", "Draw pictures another way (kitty, sixel, half, none)", "global"),
    Key("sidebar", ("f3",), "sidebar", "Show or hide the sessions", "global"),
    Key("pane_sessions", ("alt+1",), "sessions", "Go to the sessions", "global", ("1",)),
    Key("pane_form", ("alt+2",), "form", "Go to the form", "global", ("2",)),
    Key("pane_preview", ("alt+3",), "picture", "Go to the picture", "global", ("3",)),
    Key("pane_history", ("alt+4",), "history", "Go to the history", "global", ("4",)),
    Key("next_pane", ("f6",), "next pane", "Go to the next pane", "global"),
    Key("previous_pane", ("shift+f6",), "previous pane", "Go to the pane before", "global"),
    Key("workflows", ("f7",), "workflows", "Choose, import or delete workflows", "global"),
    Key("profiles", ("f9",), "profiles", "Choose, add or test servers", "global"),
    Key("theme", ("ctrl+t",), "theme", "Choose the colours", "global"),
    Key("refresh", ("ctrl+r",), "refresh", "Connect again and read the server's lists anew", "global"),
    Key("quit", ("f10",), "quit", "Leave; whatever runs goes on and is kept", "global", ("ctrl+c",)),
    Key("list.down", ("down", "j"), "down", "One down", "list"),
    Key("list.up", ("up", "k"), "up", "One up", "list"),
    Key("list.first", ("home", "g"), "first", "To the first", "list"),
    Key("list.last", ("end", "G"), "last", "To the last", "list"),
    Key("list.filter", ("slash",), "filter", "Show only what holds some words", "list", footer=True),
    Key("list.undo", ("z",), "undo", "Bring back what was deleted last", "list"),
    Key("sessions.open", ("enter",), "open", "Open the session", "sessions", footer=True),
    Key("sessions.new", ("n",), "new", "Start a new session", "sessions", footer=True),
    Key("sessions.rename", ("f2", "r"), "rename", "Rename the session", "sessions", footer=True),
    Key("sessions.duplicate", ("D",), "duplicate", "Start another with the same values", "sessions"),
    Key("sessions.delete", ("d", "delete"), "delete", "Move it to the trash", "sessions", footer=True),
    Key("history.open", ("enter",), "open", "Show everything about the generation", "history", footer=True),
    Key("history.view", ("v",), "view", "Show the picture alone, full screen", "history", footer=True),
    Key("history.rerun", ("r",), "rerun", "Send exactly the same request again", "history", footer=True),
    Key("history.reuse", ("u",), "reuse", "Put all of its values into the form", "history", footer=True),
    Key("history.reuse_seed", ("s",), "reuse seed", "Put its seed into the form", "history", footer=True),
    Key("history.reuse_prompt", ("p",), "reuse prompt", "Put its prompts into the form", "history"),
    Key("history.use_image", ("i",), "use image", "Put its picture into the form to start from", "history"),
    Key("history.enlarge", ("m",), "enlarge", "Put its picture where it is made larger", "history"),
    Key("history.batch", ("b",), "batch", "Show the batch that it belongs to as a grid", "history"),
    Key("history.copy_seed", ("y",), "copy seed", "Copy the seed", "history"),
    Key("history.copy_prompt", ("c",), "copy prompt", "Copy the prompt", "history"),
    Key("history.export", ("e",), "export", "Write the picture to a file", "history", footer=True),
    Key("history.export_workflow", ("w",), "export workflow", "Write its workflow to a file", "history"),
    Key("history.delete", ("d", "delete"), "delete", "Move it to the trash", "history", footer=True),
    Key("queue.open", ("enter",), "open", "Show everything about the job", "queue", footer=True),
    Key("queue.earlier", ("K", "ctrl+up"), "sooner", "Move it one place up", "queue"),
    Key("queue.later", ("J", "ctrl+down"), "later", "Move it one place down", "queue"),
    Key("queue.first", ("less_than_sign",), "to start", "Put it first within its priority", "queue"),
    Key("queue.last", ("greater_than_sign",), "to end", "Put it last within its priority", "queue"),
    Key("queue.select", ("space",), "choose", "Choose it, for what is done next", "queue", footer=True),
    Key("queue.select_down", ("shift+down",), "choose down", "Choose it and the next one", "queue"),
    Key("queue.select_up", ("shift+up",), "choose up", "Choose it and the one before", "queue"),
    Key("queue.select_all", ("asterisk",), "choose all", "Choose all, or none again", "queue"),
    Key("queue.behind", ("b",), "put behind", "Put the chosen jobs directly behind this one", "queue"),
    Key("queue.urgent", ("u",), "urgent", "Let it go before all normal ones", "queue", footer=True),
    Key("queue.normal", ("n",), "normal", "Let it go in its turn", "queue"),
    Key("queue.idle", ("i",), "idle", "Let it go when nothing else waits", "queue"),
    Key("queue.pause", ("p",), "pause", "Keep it waiting, or let it go on", "queue", footer=True),
    Key("queue.pause_target", ("P",), "pause server", "Stop or go on with its server or group", "queue"),
    Key("queue.pause_all", ("A",), "pause all", "Send nothing more at all, or go on", "queue"),
    Key("queue.cancel", ("d", "delete"), "cancel", "Cancel it; z brings it back", "queue", footer=True),
    Key("queue.clear", ("C",), "clear", "Cancel all that waits, as far as it is listed", "queue"),
    Key("queue.retry", ("r",), "retry", "Send again what failed or was lost meanwhile", "queue"),
    Key("queue.duplicate", ("D",), "duplicate", "Another one like it, directly behind it", "queue"),
    Key("queue.close", ("escape",), "back", "Drop the choice; then back to the panes", "queue", footer=True),
    Key("batch.left", ("left", "h"), "left", "One to the left", "batch"),
    Key("batch.right", ("right", "l"), "right", "One to the right", "batch"),
    Key("batch.down", ("down", "j"), "down", "One down", "batch"),
    Key("batch.up", ("up", "k"), "up", "One up", "batch"),
    Key("batch.first", ("home", "g"), "first", "To the first", "batch"),
    Key("batch.last", ("end", "G"), "last", "To the last", "batch"),
    Key("batch.open", ("enter",), "open", "Show everything about the generation", "batch", footer=True),
    Key("batch.view", ("v",), "view", "Show the picture alone, full screen", "batch", footer=True),
    Key("batch.retry", ("r",), "retry", "Send again what failed or was cancelled", "batch", footer=True),
    Key("batch.cancel", ("x",), "cancel", "Cancel what still waits of the batch", "batch", footer=True),
    Key("batch.export", ("e",), "export", "Write all of it as one labelled picture", "batch", footer=True),
    Key("batch.mark", ("space",), "mark", "Mark it; of two marked ones f shows both", "batch", footer=True),
    Key("batch.flip", ("f",), "flip", "Flip between the two marked pictures", "batch", footer=True),
    Key("batch.larger", ("plus",), "larger", "Draw the pictures larger", "batch", footer=True),
    Key("batch.smaller", ("minus",), "smaller", "Draw the pictures smaller", "batch"),
    Key("batch.close", ("escape",), "back", "Back to where it was opened", "batch", footer=True),
    Key("gallery.left", ("left", "h"), "left", "One to the left", "gallery"),
    Key("gallery.right", ("right", "l"), "right", "One to the right", "gallery"),
    Key("gallery.down", ("down", "j"), "down", "One down", "gallery"),
    Key("gallery.up", ("up", "k"), "up", "One up", "gallery"),
    Key("gallery.first", ("home", "g"), "first", "To the newest", "gallery"),
    Key("gallery.last", ("end", "G"), "last", "To the oldest", "gallery"),
    Key("gallery.open", ("enter",), "open", "Show the picture, full screen", "gallery", footer=True),
    Key("gallery.mark", ("space",), "mark", "Mark it, for what is done next", "gallery", footer=True),
    Key("gallery.range", ("v",), "range", "Mark from here to where the cursor goes", "gallery", footer=True),
    Key("gallery.mark_left", ("shift+left", "H"), "mark left", "Mark to the left", "gallery"),
    Key("gallery.mark_right", ("shift+right", "L"), "mark right", "Mark to the right", "gallery"),
    Key("gallery.mark_down", ("shift+down", "J"), "mark down", "Mark a row downwards", "gallery"),
    Key("gallery.mark_up", ("shift+up", "K"), "mark up", "Mark a row upwards", "gallery"),
    Key("gallery.mark_all", ("a",), "mark all", "Mark all, or none again", "gallery"),
    Key("gallery.flip", ("f",), "flip", "Flip between the two marked pictures", "gallery", footer=True),
    Key("gallery.export", ("e",), "export", "Write the marked pictures to files", "gallery", footer=True),
    Key("gallery.delete", ("d", "delete"), "delete", "Move them to the trash", "gallery", footer=True),
    Key("gallery.undo", ("z",), "undo", "Bring back what was deleted last", "gallery"),
    Key("gallery.search", ("slash",), "search", "Show only what holds some words", "gallery", footer=True),
    Key("gallery.scope", ("s",), "all sessions", "This session, or all of them", "gallery", footer=True),
    Key("gallery.jump", ("t",), "jump", "Put letters on the pictures in sight", "gallery"),
    Key("gallery.detail", ("i",), "about", "Show everything about the generation", "gallery"),
    Key("gallery.larger", ("plus",), "larger", "Draw the pictures larger", "gallery", footer=True),
    Key("gallery.smaller", ("minus",), "smaller", "Draw the pictures smaller", "gallery"),
    Key("gallery.close", ("escape",), "back", "Drop the marks; then back", "gallery", footer=True),
    Key("viewer.next", ("right", "l"), "next", "The next picture, or right in a part", "viewer", footer=True),
    Key("viewer.previous", ("left", "h"), "previous", "The picture before, or left in a part", "viewer"),
    Key("viewer.down", ("down", "j"), "down", "The next picture, or down in a part", "viewer"),
    Key("viewer.up", ("up", "k"), "up", "The picture before, or up in a part", "viewer"),
    Key("viewer.turn", ("pagedown", "n"), "turn over", "The next picture, the same part of it", "viewer"),
    Key("viewer.turn_back", ("pageup", "N"), "turn back", "The picture before, the same part", "viewer"),
    Key("viewer.nearer", ("plus", "equals_sign"), "nearer", "Zoom in", "viewer", footer=True),
    Key("viewer.farther", ("minus",), "farther", "Zoom out", "viewer"),
    Key("viewer.fit", ("f",), "fit", "Show all of the picture", "viewer", footer=True),
    Key("viewer.fill", ("F",), "fill", "Fill all of the room with the picture", "viewer"),
    Key("viewer.actual", ("0",), "100 %", "Show the picture pixel by pixel", "viewer", footer=True),
    Key("viewer.mark", ("a",), "mark A", "Mark it as A, to compare others with it", "viewer", footer=True),
    Key("viewer.flip", ("space",), "flip", "Flip between A and another one in place", "viewer", footer=True),
    Key("viewer.about", ("i",), "about", "Show or hide how it was made", "viewer", footer=True),
    Key("viewer.close", ("escape",), "back", "Back to where it was opened", "viewer", footer=True),
    Key("prompt.stronger", ("alt+up",), "stronger", "Give the word at the cursor more weight", "prompt"),
    Key("prompt.weaker", ("alt+down",), "weaker", "Give the word at the cursor less weight", "prompt"),
    Key("section.fold", ("enter", "space"), "fold", "On its title: open or close it", "section"),
    Key("section.sizes", ("p",), "sizes", "Where there is a size: choose a usual one", "section"),
    Key("section.swap", ("s",), "swap", "Where there is a size: swap width and height", "section"),
    Key("number.more", ("up", "plus"), "more", "One step more", "number"),
    Key("number.less", ("down", "minus"), "less", "One step less", "number"),
    Key("number.more_ten", ("shift+up",), "ten more", "Ten steps more", "number"),
    Key("number.less_ten", ("shift+down",), "ten less", "Ten steps less", "number"),
    Key("seed.random", ("r",), "random", "Draw a new seed for each picture", "seed", footer=True),
    Key("seed.last", ("l",), "last", "The seed of the last picture", "seed", footer=True),
    Key("seed.cycle", ("space",), "cycle", "From random to the last seed to the next one", "seed"),
)  # fmt: skip
"""All of them, in the order they are shown."""


def bindings_for(group: str, overrides: Mapping[str, str] | None = None) -> tuple[Key, ...]:
    """The keys of `group`, with the person's own choices (already checked) put in."""
    return tuple(with_override(key, overrides or {}) for key in KEYS if key.group == group)


def split(text: str) -> list[str]:
    """The key names in "ctrl+g, f12"; a comma as a key is written `comma`."""
    return [part.strip() for part in text.split(",") if part.strip()]


def keys_meant(text: str) -> tuple[str, ...]:
    """The keys in "Shift+Ctrl+F6, f6, F6" as Textual names them, each once; what is no key is left out."""
    names = map(canonical, split(text))
    return tuple(dict.fromkeys(name for name in names if name is not None))


def with_override(key: Key, overrides: Mapping[str, str]) -> Key:
    """`key` with the person's own keys in place of its `keys`; as it is when they chose none."""
    keys = keys_meant(overrides.get(key.id, ""))
    return key._replace(keys=keys) if keys else key
