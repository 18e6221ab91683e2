"""The parts of the form that know no widget, and the law that nothing typed can crash it."""

from __future__ import annotations

import math
import string
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events

from darkroom.app.widgets.form.disk import completion, look
from darkroom.app.widgets.form.dropped import dropped_path
from darkroom.app.widgets.form.explain import explanation, range_text
from darkroom.app.widgets.form.line import LineBuffer
from darkroom.app.widgets.form.model import FormModel
from darkroom.app.widgets.form.pairing import paired
from darkroom.app.widgets.form.reading import show, without_ending
from darkroom.app.widgets.form.summary import summary
from darkroom.domain.parameters import SEED_MAX, Kind, Origin, ParameterSpec, Role
from darkroom.domain.text import printable
from tests.app.form_host import HOSTILE, SPECS, VALUES, FormHost, state

if TYPE_CHECKING:
    from pathlib import Path

    from darkroom.domain.parameters import Value

TEXTS = st.text(st.characters(), max_size=40) | st.sampled_from(
    [HOSTILE, "9" * 400, "1e999", "-", "日本語 🖼️"]
)
NUMBERS = st.none() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=True, allow_infinity=True)
VALUE = NUMBERS | st.booleans() | TEXTS


@st.composite
def specs(draw: st.DrawFn) -> ParameterSpec:
    """Any spec, likely or not."""
    finite = st.none() | st.integers(-(2**64), 2**64) | st.floats(-1e18, 1e18)
    return ParameterSpec(
        address=draw(st.text(string.ascii_letters, min_size=1, max_size=5)) + ".x",
        label=draw(TEXTS),
        kind=draw(st.sampled_from(list(Kind))),
        default=draw(VALUE),
        role=draw(st.none() | st.sampled_from(list(Role))),
        section=draw(st.sampled_from(["", "A", HOSTILE])),
        minimum=draw(finite),
        maximum=draw(finite),
        step=draw(st.none() | st.floats(1e-6, 1e6) | st.integers(1, 100)),
        precision=draw(st.none() | st.integers(0, 6)),
        choices=tuple(draw(st.lists(TEXTS, max_size=4))),
        optional=draw(st.booleans()),
        multiline=draw(st.booleans()),
        unit=draw(st.sampled_from(["", "px", HOSTILE])),
        help=draw(TEXTS),
        advanced=draw(st.booleans()),
    )


KEYS = st.sampled_from(
    ["up", "down", "shift+up", "plus", "minus", "space", "enter", "delete", "backspace", "left", "right",
     "ctrl+u", "ctrl+w", "ctrl+k", "ctrl+z", "home", "end", "tab", "shift+tab", "escape", "r", "l", "s", "p",
     "y", "n", "1", "9", "full_stop", "asterisk", "slash", "left_square_bracket", "alt+up", "alt+down", "f1"]
)  # fmt: skip


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    made=st.lists(specs(), min_size=1, max_size=4, unique_by=lambda spec: spec.address),
    values=st.lists(VALUE, min_size=5, max_size=5),
    typed=TEXTS,
    keys=st.lists(KEYS, max_size=8),
    columns=st.integers(1, 100),
)
async def test_no_spec_and_nothing_typed_crashes_the_form(
    made: list[ParameterSpec], values: list[Value], typed: str, keys: list[str], columns: int
) -> None:
    given_values = {spec.address: value for spec, value in zip(made, values, strict=False)}
    async with FormHost(state(made, given_values)).run_test(size=(columns, 20)) as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        for spec in made:
            host.form.focus_field(spec.address)
            await pilot.pause()
            host.post_message(events.Paste(typed))
            for key in keys:
                await pilot.press(key)
        host.form.load(state(made[:-1], given_values))
        await pilot.pause()
        assert host.form.values().keys() == {spec.address for spec in made[:-1]}
        screens = "".join(strip.text for strip in host.screen._compositor.render_strips())
        assert printable(screens) == screens


@given(spec=specs(), value=VALUE)
def test_words_about_any_value_are_safe_to_show(spec: ParameterSpec, value: Value) -> None:
    for text in (show(spec, value), explanation(spec, value, Origin.TYPED), range_text(spec)):
        assert printable(text, keep_lines=True) == text
    one_line = summary([spec], {spec.address: value})
    assert printable(one_line) == one_line


MOVES = st.one_of(
    st.tuples(st.just("insert"), TEXTS.map(printable)),
    st.tuples(st.just("move"), st.integers(-3, 60), st.booleans()),
    st.tuples(st.just("erase"), st.integers(-3, 60)),
    st.tuples(st.just("word_left")),
    st.tuples(st.just("word_right")),
    st.tuples(st.just("select_all")),
)


@given(moves=st.lists(MOVES, max_size=20), columns=st.integers(1, 30))
def test_a_line_keeps_its_cursor_in_the_text_and_in_sight(moves: list[tuple[Any, ...]], columns: int) -> None:
    line = LineBuffer()
    for name, *arguments in moves:
        if name == "move":
            line.move(arguments[0], select=arguments[1])
        else:
            getattr(line, name)(*arguments)
        assert 0 <= line.cursor <= len(line.text)
        window = line.window(columns)
        whole = window.before + window.inside + window.after
        assert whole.strip() in line.text or whole == " "
        assert cell_len(whole) <= columns + 1
        assert line.scroll <= line.cursor
        assert 0 <= line.index_at(columns) <= len(line.text)


def test_a_selection_is_replaced_and_reported() -> None:
    line = LineBuffer()
    line.set("a quiet harbour")
    line.move(line.word_left(), select=True)
    assert line.selected == "harbour"
    line.insert("dock")
    assert (line.text, line.cursor, line.selected) == ("a quiet dock", 12, "")
    line.move(2)
    line.erase(line.word_right())
    assert line.text == "a  dock"


@pytest.mark.parametrize(
    ("pasted", "path"),
    [
        ("/a/b.png", "/a/b.png"),
        (" /a/b.png \n", "/a/b.png"),
        ("'/a/b c.png'", "/a/b c.png"),
        ("'/a/it'\\''s.png'", "/a/it's.png"),
        ('"/a/b c.png"', "/a/b c.png"),
        ("/a/b\\ c\\(1\\).png", "/a/b c(1).png"),
        ("file:///a/b%20c.png", "/a/b c.png"),
        ("file://localhost/a/b.png", "/a/b.png"),
        ("/a/b.png\n/a/c.png", "/a/b.png"),
        ("C:\\pictures\\b.png", "C:\\pictures\\b.png"),
        ("", ""),
        ("'", "'"),
    ],
)
def test_pasted_paths(pasted: str, path: str) -> None:
    assert dropped_path(pasted) == path


def test_completion_goes_as_far_as_names_agree(tmp_path: Path) -> None:
    (tmp_path / "boats").mkdir()
    for name in ("boat 1.png", "boat 2.PNG", "boat.txt", ".hidden.png"):
        (tmp_path / name).write_bytes(b"")
    at = str(tmp_path)
    assert completion(f"{at}/b") == "oat"
    assert completion(f"{at}/boat ") == "1.png"
    assert completion(f"{at}/boats") == "/"
    assert completion(f"{at}/.h") == "idden.png"
    assert completion(f"{at}/x") == ""
    assert completion(f"{at}/boat", {".txt"}) == ".txt"
    assert completion("/no/such/folder/x") == ""
    assert completion("\0") == ""


def test_looking_at_what_is_no_file(tmp_path: Path) -> None:
    assert look(str(tmp_path)).problem == "a folder"
    assert look("blob:abc").problem == ""
    assert look("a\0b").problem == "cannot be read"
    assert look("~no-such-user/x.png").problem in ("no such file", "cannot be read")


def test_a_section_in_few_words() -> None:
    size = [spec for spec in SPECS if spec.section == "Size"]
    batch = ParameterSpec("5.batch", "Batch", Kind.INTEGER, 1, Role.BATCH_SIZE, "Size")
    assert summary([*size, batch], {**VALUES, "5.batch": 2}) == "1024×768 (4:3) · ×2"
    model = [spec for spec in SPECS if spec.section == "Model"]
    assert summary(model, VALUES) == "sd_xl_base_1.0"
    sampling = [spec for spec in SPECS if spec.section == "Sampling"]
    values: dict[str, Value] = {"3.steps": 20, "3.cfg": 7.0, "3.seed": -1, "3.tiled": True}
    assert summary(sampling, values) == "20 · 7.0 · random · Tiled"
    assert summary(sampling, {"3.cfg": math.nan, "3.seed": SEED_MAX}).startswith("none · nan")


def test_two_short_neighbours_share_a_line() -> None:
    assert paired([10, 10, 30, 10, 10, 10], 20) == [(0, 1), (2,), (3, 4), (5,)]
    assert paired([10, 10], 9) == [(0,), (1,)]
    assert paired([], 20) == []


def test_endings_of_model_files_are_left_out() -> None:
    assert without_ending("a.b.safetensors") == "a.b"
    assert without_ending("picture.png") == "picture.png"
    assert without_ending(".ckpt") == ".ckpt"


class Counting(tuple[str, ...]):
    """Choices that count how often one is looked for among them."""

    looked = 0

    def __contains__(self, value: object) -> bool:
        self.looked += 1
        return super().__contains__(value)


def test_a_choice_of_thousands_is_looked_for_once_not_at_each_repaint() -> None:
    choices = Counting(f"{n}.safetensors" for n in range(5000))
    spec = ParameterSpec("4.ckpt", "Checkpoint", Kind.CHOICE, "gone.safetensors", choices=choices)
    model = FormModel()
    loaded = state([spec], {})
    model.load(loaded.form, loaded.fields)
    assert {model.problem("4.ckpt") for _ in range(10)} == {"the server has no “gone.safetensors”"}
    assert choices.looked == 1
    model.edit("4.ckpt", "7.safetensors")
    assert {model.problem("4.ckpt") for _ in range(10)} == {None}
    assert choices.looked == 2


async def test_names_and_remarks_of_any_length_are_drawn_in_their_place() -> None:
    endless = HOSTILE * 300
    spec = ParameterSpec("3.steps", endless, Kind.INTEGER, 20, section=endless, unit="px", help=endless)
    async with FormHost(state([spec], {})).run_test(size=(60, 12)) as pilot:
        host = pilot.app
        assert isinstance(host, FormHost)
        await pilot.pause()
        host.form.mark({"3.steps": endless})
        await pilot.pause()
        rows = [strip.text for strip in host.screen._compositor.render_strips()]
        assert all(cell_len(row) == 60 for row in rows)
        assert "\x1b" not in "".join(rows)
        assert len(host.form.model.problem("3.steps") or "") <= 200
        assert any("20 px" in row for row in rows)


@pytest.mark.parametrize(
    ("address", "before", "now", "shapes"),
    [
        ("3.tiled", False, True, True),
        ("4.ckpt_name", "sd_xl_base_1.0.safetensors", "dreamshaper_8.safetensors", True),
        ("lora.name", None, "ink.safetensors", True),
        ("3.cfg", 0.0, 0.3, True),
        ("3.cfg", 7.0, 7.5, False),
        ("10.image", "harbour.p", "harbour.pn", False),
        ("10.image", None, "h", True),
        ("6.text", "", "a harbour", False),
    ],
)
def test_fields_may_follow_from_switches_choices_and_what_is_there_at_all(
    address: str, before: Value, now: Value, shapes: bool
) -> None:
    model = FormModel()
    given = state(values={**VALUES, address: before})
    model.load(given.form, given.fields)
    model.edit(address, now)
    assert model.shapes_form(address, before) is shapes
