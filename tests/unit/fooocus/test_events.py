"""What comes through the socket, as recorded and as an enemy would send it."""

from __future__ import annotations

import io
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from darkroom.connectors.fooocus.config import Shows
from darkroom.connectors.fooocus.events import (
    Over,
    Plain,
    Shown,
    Waiting,
    read_data_uri,
    read_message,
    read_progress,
)
from darkroom.connectors.fooocus.files import outputs
from darkroom.connectors.fooocus.progress import Meter
from darkroom.domain.events import Stage
from darkroom.domain.text import printable
from tests.unit.fooocus.recorded import frames

SHOWS = Shows(0, 1, 2, 3)


def test_a_job_as_it_was_recorded() -> None:
    heard = frames("ws-two")
    assert heard[0] == Plain("send_hash")
    assert heard[1] == Waiting(0)
    assert heard[2:4] == [Plain("send_data"), Plain("process_starts")]
    shown = [message for message in heard if isinstance(message, Shown)]
    assert shown[0].title == "Waiting for task to start ..."
    assert shown[1].title == "Sampling step 2/4, image 1/2 ..."
    assert shown[1].bar == 0.29
    assert shown[1].preview is not None
    kind, data = shown[1].preview
    with Image.open(io.BytesIO(data)) as preview:
        assert (kind, preview.size) == ("image/png", (8, 8))
    results = [len(message.results) for message in shown if message.results]
    assert results == [1, 2]
    over = heard[-1]
    assert isinstance(over, Over)
    assert (over.failed, over.anything) == (False, True)
    assert over.shown.gallery is not None
    assert [file.is_picture for file in over.shown.gallery] == [True, True]


def test_a_grid_is_told_from_pictures() -> None:
    over = frames("ws-grid")[-1]
    assert isinstance(over, Over)
    assert over.shown.gallery is not None
    told = [(ref.node, ref.name) for ref in outputs(over.shown.gallery, grid=True)]
    assert [node for node, _ in told] == ["", "", "grid"]
    assert told[2][1] == "grid-1-image.png"
    assert [ref.node for ref in outputs(over.shown.gallery, grid=False)][2] == "control map"


def test_a_failure_says_nothing_but_that_there_is_no_picture() -> None:
    over = frames("ws-error")[-1]
    assert isinstance(over, Over)
    assert (over.failed, over.error, over.anything, over.shown.gallery) == (False, "", True, ())


def test_a_session_without_a_task_gets_no_answer_at_all() -> None:
    over = frames("ws-unknown-task")[-1]
    assert isinstance(over, Over)
    assert (over.failed, over.anything) == (False, False)


def test_the_place_in_the_queue_is_told() -> None:
    assert [message.ahead for message in frames("ws-queued") if isinstance(message, Waiting)] == [1, 0]


def test_a_call_that_the_page_refuses_is_over() -> None:
    message = {"msg": "process_completed", "output": {"error": "Time out [b]\x1b[2J"}, "success": False}
    over = read_message(message, SHOWS)
    assert isinstance(over, Over)
    assert over.failed
    assert over.error == printable(over.error) != ""


def test_progress_is_read_from_html_and_text_stays_text() -> None:
    assert read_progress('<progress value="29" max="100"></progress><span>a &lt;b&gt; [x]</span>') == (
        0.29,
        "a <b> [x]",
    )
    assert read_progress("<progress max='4' value='5'>") == (1.0, None)
    assert read_progress('<progress value="1" max="0">') == (None, None)
    assert read_progress("<span><b>x</b>\x1b]52;c;aGk=\x07</span>")[1] == printable("x\x1b]52;c;aGk=\x07")


def test_progress_never_falls_though_the_bar_does() -> None:
    meter = Meter()
    told = [
        meter.feed(Shown(bar, title))
        for bar, title in (
            (0.01, "Waiting for task to start ..."),
            (0.13, "Preparing task 1/2 ..."),
            (0.5, "Sampling step 3/4, image 1/2 ..."),
            (0.4, "Preparing task 2/2 ..."),
            (1.0, "Sampling step 4/4, image 2/2 ..."),
            (1.0, "Sampling step 4/4, image 2/2 ..."),
            (None, None),
        )
    ]
    assert told[0] is None
    assert [progress.fraction for progress in told if progress is not None] == [0.13, 0.5, 0.5, 0.99]
    assert told[2] is not None
    assert (told[2].stage, told[2].step, told[2].steps) == (Stage.SAMPLING, 3, 4)


def test_only_the_line_of_our_own_task_means_that_it_runs() -> None:
    meter = Meter()
    meter.feed(Shown(0.01, "Waiting for task to start ..."))
    assert not meter.runs
    meter.feed(Shown(0.01, "Loading models ..."))
    assert meter.runs


def test_a_preview_is_a_data_uri_and_nothing_else() -> None:
    assert read_data_uri("data:image/jpeg;base64,AAEC") == ("image/jpeg", b"\x00\x01\x02")
    for other in ("AAEC", "data:text/html;base64,AAEC", "data:image/png;base64,A*", None, 7, {"data": "x"}):
        assert read_data_uri(other) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON, JSON)
@example([None], {"rank": -1}, {"__type__": "update", "value": [[]]})
@example([{"name": "x" * 5000}], {"rank": True}, {"__type__": "update", "value": [[{"name": 1}]]})
def test_nothing_that_is_sent_breaks_the_reading(data: Any, more: Any, update: Any) -> None:
    for kind in ("estimation", "process_generating", "process_completed", "other"):
        for output in ({"data": data}, {"data": [update, update, update, update]}, data):
            extra = more if isinstance(more, dict) else {}
            message = read_message({**extra, "msg": kind, "output": output}, SHOWS)
            assert isinstance(message, Waiting | Shown | Over | Plain)
    assert isinstance(read_message(data, SHOWS), Waiting | Shown | Over | Plain)


@given(
    st.text(max_size=200) | st.from_regex(r"<progress( value=.{0,5}| max=.{0,5}){0,3}>(<span>.{0,9}</span)?")
)
def test_html_of_any_kind_gives_a_part_or_none(html: str) -> None:
    part, title = read_progress(html)
    assert part is None or 0 <= part <= 1
    assert title is None or (title == printable(title) and len(title) <= 200)
