"""Records and results, as they were recorded."""

from __future__ import annotations

import base64
import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.fooocus_api.ending import TOO_LATE, found_files, read_end
from darkroom.connectors.fooocus_api.handle import JobHandle, read_handle
from darkroom.connectors.fooocus_api.outputs import is_ours, ref, refs
from darkroom.connectors.fooocus_api.progress import ProgressMeter, is_nearly_done
from darkroom.connectors.fooocus_api.replies import History, Picture, QueueInfo, Record
from darkroom.domain.errors import JobLost
from darkroom.domain.events import Outcome, Preview, Progress, Stage
from tests.unit.fooocus_api.recorded import body, document, record

TWO = JobHandle("darkroom-1", count=2)


def timeline(job: str) -> list[Record]:
    return [Record.model_validate(moment[job]) for moment in document("timeline_async")]


def test_progress_never_falls_though_the_servers_does() -> None:
    """Surprise 4: the stage is WAITING all the time, and the progress drops between pictures."""
    falling = [
        *timeline("job1")[1:4],
        record("query_job_done", job_stage="WAITING", job_progress=44, job_result=None),
    ]
    assert {seen.job_stage for seen in falling} == {"WAITING"}
    meter = ProgressMeter(2)
    told = [event for seen in falling for event in meter.feed(seen) if isinstance(event, Progress)]
    fractions = [event.fraction or 0 for event in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 0.46
    assert told[0] == Progress(Stage.SAMPLING, 0.20, 2, 8, "picture 1 of 2")


def test_a_job_has_begun_when_its_progress_says_so() -> None:
    waiting, *running = timeline("job1")
    assert not waiting.begun
    assert all(seen.begun for seen in running)


def test_a_preview_is_bare_base64_and_told_once() -> None:
    """Surprise 9: without `data:` before it, unlike results."""
    png = b"\x89PNG\r\n\x1a\n" + b"x" * 20
    bare = base64.b64encode(png).decode()
    meter = ProgressMeter(1)
    seen = record("t2i_async", job_progress=20, job_step_preview=bare)
    assert [event for event in meter.feed(seen) if isinstance(event, Preview)] == [Preview(png, "image/png")]
    assert not [event for event in meter.feed(seen) if isinstance(event, Preview)]
    uri = record("t2i_async", job_progress=20, job_step_preview=f"data:image/png;base64,{bare}")
    assert [e for e in ProgressMeter(1).feed(uri) if isinstance(e, Preview)] == [Preview(png, "image/png")]
    for broken in ("???", base64.b64encode(b"no picture").decode(), "data:,"):
        seen = record("t2i_async", job_progress=20, job_step_preview=broken)
        assert not [event for event in ProgressMeter(1).feed(seen) if isinstance(event, Preview)]


@given(st.lists(st.tuples(st.integers(-5, 200), st.text())))
def test_no_record_makes_the_fraction_fall_or_reach_the_end(seen: list[tuple[int, str]]) -> None:
    meter = ProgressMeter(1)
    told = [
        event.fraction
        for progress, status in seen
        for event in meter.feed(Record(job_stage="WAITING", job_progress=progress, job_status=status))
        if isinstance(event, Progress) and event.fraction is not None
    ]
    assert told == sorted(told)
    assert all(0 <= fraction < 1 for fraction in told)


def test_a_stop_is_too_late_when_no_step_is_left() -> None:
    def at(status: str, progress: int = 50) -> Record:
        return record("t2i_async", job_progress=progress, job_status=status)

    assert not is_nearly_done(at("Loading models ...", 2), 1)
    assert not is_nearly_done(at("Step 6/8 in the 1-th Sampling"), 1)
    assert is_nearly_done(at("Step 7/8 in the 1-th Sampling"), 1)
    assert not is_nearly_done(at("Step 7/8 in the 1-th Sampling"), 2)
    assert is_nearly_done(at("Step 7/8 in the 2-th Sampling"), 2)
    assert not is_nearly_done(at("Saving image 1/2 to system ..."), 2)
    assert is_nearly_done(at("Saving image 2/2 to system ..."), 2)
    assert is_nearly_done(at("Finished", 100), 2)


def test_results_are_read_where_the_profile_says_and_not_where_the_server_believes() -> None:
    """Surprise 6."""
    first, second = refs(record("query_job_done").job_result or ())
    assert first.locator == {
        "path": "/files/2026-11-20/9439439f-67aa-4942-b26c-650ce28c176f-0.png",
        "seed": "123",
    }
    assert second.name == "9439439f-67aa-4942-b26c-650ce28c176f-1.png"
    proxied = Picture(url="https://inner:9/prefix/files/2026-11-20/a%20b-0.png", finish_reason="SUCCESS")
    (found,) = refs([proxied])
    assert (found.name, found.locator["path"]) == ("a b-0.png", "/files/2026-11-20/a%20b-0.png")


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "http://x/other/2026-11-20/a.png",
        "http://x/files/2026-11-20/../a.png",
        "http://x/files/../../etc/passwd",
        "http://x/files/2026-11-20/..",
        "http://x/files/2026-11-20/%2e%2e%2fa.png",
        "http://[x",
        "file:///files/today/a.png",
    ],
)
def test_an_address_that_is_no_file_of_the_server_is_passed_over(url: str | None) -> None:
    assert refs([Picture(url=url, finish_reason="SUCCESS")]) == ()


def test_our_files_are_known_by_the_name_we_chose() -> None:
    """Surprise 7."""
    ours = Picture(url="http://x/files/2026-11-20/darkroom-1-0.png", finish_reason="SUCCESS")
    assert is_ours([ours], "darkroom-1")
    assert not is_ours([ours], "darkroom-")
    assert not is_ours([ours], "darkroom-12")
    assert not is_ours([], "darkroom-1")


def test_seeds_are_text_and_keep_all_bits() -> None:
    """Surprise 8."""
    result = Picture(
        url="http://x/files/2026-11-20/a-0.png", seed="9223372036854775807", finish_reason="SUCCESS"
    )
    assert refs([result])[0].locator["seed"] == "9223372036854775807"


def test_all_pictures_make_it_complete() -> None:
    end = read_end(record("query_job_done"), TWO)
    assert (end.outcome, end.reason, len(end.outputs), end.notes) == (Outcome.COMPLETE, None, 2, ())


def test_an_error_is_told_honestly_with_where_it_stood() -> None:
    """Surprise 3: no word of why comes to the client."""
    end = read_end(record("query_job_error"), TWO)
    assert end.outcome is Outcome.FAILED
    assert end.reason is not None
    assert "15 %" in end.reason.detail
    assert "Step 0/4" in end.reason.detail
    assert "log" in end.reason.hint


def test_no_picture_at_all_is_a_failure_that_names_the_trap() -> None:
    """Surprises 1 and 3."""
    end = read_end(record("query_job_stopped_first"), TWO)
    assert end.outcome is Outcome.FAILED
    assert end.reason is not None
    assert "while nothing ran" in end.reason.detail


def test_a_job_that_we_stopped_is_cancelled_with_the_pictures_so_far() -> None:
    """Surprise 1: the server calls it a success."""
    end = read_end(record("query_job_stopped"), TWO, stopped=True)
    assert (end.outcome, len(end.outputs)) == (Outcome.CANCELLED, 1)
    assert end.notes == ("Stopped: 1 of 2 pictures were done",)
    nothing = read_end(record("query_job_stopped_first"), TWO, stopped=True)
    assert (nothing.outcome, nothing.outputs) == (Outcome.CANCELLED, ())


def test_a_job_that_somebody_else_stopped_says_so() -> None:
    end = read_end(record("query_job_stopped"), TWO)
    assert (end.outcome, len(end.outputs)) == (Outcome.CANCELLED, 1)
    assert end.reason is not None
    assert "somebody else" in end.reason.detail


def test_a_stop_that_came_too_late_is_said() -> None:
    assert read_end(record("query_job_done"), TWO, stopped=True).notes == (TOO_LATE,)


def test_files_that_are_left_are_the_end_of_a_forgotten_job() -> None:
    both = tuple(ref("2026-11-20", f"darkroom-1-{number}.png") for number in range(2))
    assert found_files(both, TWO).outcome is Outcome.COMPLETE
    assert found_files(both[:1], TWO).outcome is Outcome.CANCELLED


def test_lists_of_jobs_with_and_without_a_database() -> None:
    busy = History.model_validate(body("job_history_busy"))
    assert [listed.id[:4] for listed in busy.queue] == ["9439", "c400"]
    kept = History.model_validate(body("persistent_history"))
    assert [listed.id for listed in kept.history] == ["625f0615-4190-4181-b1e7-4f0cec33189a"]
    assert QueueInfo.model_validate(body("job_queue_busy")).running_size == 2


def test_a_handle_survives_the_store() -> None:
    job = JobHandle(
        "darkroom-1", "id", "Text to Image", "before", 3, "webp", "2026-11-20", {"seed": 2**63 - 1}
    )
    assert read_handle(json.loads(json.dumps(job.to_json()))) == job


@pytest.mark.parametrize(
    "handle", [{}, {"v": 2, "name": "x"}, {"v": 1, "name": ""}, {"v": 1, "prompt_id": "x"}]
)
def test_a_handle_of_something_else_is_refused(handle: dict[str, object]) -> None:
    with pytest.raises(JobLost):
        read_handle(handle)


def test_the_recorded_timeline_reads_as_a_whole() -> None:
    seen = [(one.job_stage, one.begun, one.ended) for one in timeline("job2")]
    assert [key for key, _ in itertools.groupby(seen)] == [
        ("WAITING", False, False),
        ("WAITING", True, False),
        ("SUCCESS", True, True),
    ]
