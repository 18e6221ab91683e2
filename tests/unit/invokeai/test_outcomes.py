"""How jobs end: items, failures, truth, refusals."""

from __future__ import annotations

from typing import Any

import pytest

from darkroom.connectors.invokeai.handle import JobHandle
from darkroom.connectors.invokeai.items import CANCELED, COMPLETED, FAILED, Item, failure, read_item
from darkroom.connectors.invokeai.request import is_hollow
from darkroom.connectors.invokeai.tally import Tally
from darkroom.connectors.invokeai.truth import differences
from darkroom.connectors.invokeai.validation import read_refusal
from darkroom.domain.events import Outcome
from tests.unit.invokeai.offering import recorded

MODEL = {"key": "k", "hash": "h", "name": "Tiny", "base": "sd-1", "type": "main"}


def test_a_recorded_item_is_read() -> None:
    item = read_item(recorded("04_queue_item_done.json"), "l2i")
    assert item is not None
    assert (item.id, item.status, item.sequence, item.began) == (1, COMPLETED, 2, True)
    assert item.duration_s == pytest.approx(3.535)
    assert item.picture.endswith(".png")
    assert read_item({}) is None


def tally(*items: Item, expected: int = 0) -> Tally:
    job = JobHandle("b", expected or len(items), "l2i", items=tuple(item.id for item in items))
    made = Tally(job)
    for item in items:
        made.take(item)
    return made


DONE = Item(1, COMPLETED, 2, began=True, duration_s=2.0, picture="a.png")
STOPPED = Item(2, CANCELED, 2, began=True)
WAITED = Item(3, CANCELED, 1)
BROKEN = Item(4, FAILED, 2, ("TypeError", "no"), began=True)


@pytest.mark.parametrize(
    ("items", "by_us", "missed", "outcome"),
    [
        ((DONE,), False, False, Outcome.COMPLETE),
        ((STOPPED,), True, False, Outcome.CANCELLED),
        ((STOPPED,), True, True, Outcome.CANCELLED),
        ((STOPPED,), False, True, Outcome.LOST),
        ((STOPPED,), False, False, Outcome.CANCELLED),
        ((WAITED,), False, True, Outcome.CANCELLED),
        ((DONE, STOPPED), False, True, Outcome.LOST),
        ((DONE, BROKEN, WAITED), True, False, Outcome.FAILED),
    ],
)
def test_a_stop_that_was_not_ours_is_not_told_as_ours(
    items: tuple[Item, ...], by_us: bool, missed: bool, outcome: Outcome
) -> None:
    ended = tally(*items).ended(by_us=by_us, missed=missed)
    assert ended.outcome is outcome
    assert (ended.reason is None) is (outcome is Outcome.COMPLETE)
    if ended.reason is not None and outcome is Outcome.CANCELLED and not by_us:
        assert "not this Darkroom" in ended.reason.detail
    assert [output.name for output in ended.outputs] == [item.picture for item in items if item.picture]


def test_stale_states_do_not_come_back() -> None:
    made = tally(DONE)
    assert not made.take(Item(1, "in_progress", 1))
    assert not made.take(DONE)
    assert made.complete
    assert made.over == 1
    assert not tally(DONE, expected=2).complete


def test_a_failure_names_its_cause_and_memory_is_told_apart() -> None:
    reason = failure(BROKEN)
    assert (reason.title, reason.kind) == ("The server failed: no", "JobFailed")
    memory = failure(Item(1, FAILED, 2, ("OutOfMemoryError", "CUDA out of memory. Tried 2 GiB")))
    assert memory.kind == "OutOfMemory"
    nothing = failure(Item(1, FAILED))
    assert nothing.title
    hostile = failure(Item(1, FAILED, 2, ("\x1b[2J", "a\x1b]52;c;x\x07\n" * 50)))
    assert "\x1b" not in hostile.title + hostile.detail
    assert "more lines" in hostile.detail


def test_what_was_made_otherwise_is_said() -> None:
    asked = {"steps": 4, "cfg_scale": 7, "scheduler": "euler", "model": MODEL, "loras": []}
    told: dict[str, Any] = {**asked, "cfg_scale": 7.0, "seed": 1, "model": {**MODEL, "submodel_type": None}}
    assert list(differences(asked, 1, told)) == []
    assert list(differences(asked, 1, {**told, "loras": None})) == []
    lines = list(differences(asked, 2, {**told, "steps": 1, "model": {**MODEL, "key": "o", "name": "Other"}}))
    assert lines == [
        "asked for steps 4, the server used 1",
        "asked for model “Tiny”, the server used “Other”",
        "asked for seed 2, the server used 1",
    ]
    assert len(list(differences(asked, 1, None))) == 1


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("06_err_bad_scheduler", "scheduler"),
        ("06_err_steps0", "steps"),
        ("06_err_width_not_mult8", "width"),
        ("06_err_cfg_below1", "cfg_scale"),
        ("06_err_edge_bad_field", ""),
        ("06_err_unknown_node_type", ""),
    ],
)
def test_a_recorded_refusal_marks_its_field(name: str, address: str) -> None:
    refusal = read_refusal(recorded(f"{name}.json"))
    assert list(refusal.problems) == [address]
    assert 0 < len(refusal.detail) < 500


def test_any_refusal_can_be_read() -> None:
    documents: list[object] = [None, [], {}, {"detail": 3}, {"detail": [1, {"loc": 3}]}, {"detail": "no"}]
    for document in documents:
        assert read_refusal(document).title


@pytest.mark.parametrize("prompt", ["()1.2", "( )", "()", "()++", "(( ))1.2", "(())", "().5", " ()- "])
def test_prompts_on_which_the_server_fails(prompt: str) -> None:
    assert is_hollow(prompt)


@pytest.mark.parametrize("prompt", ["", "  ", "a ()1.2", "(a)1.2", "()1.2, b", r"\(\)1.2", '("")1.2', "+"])
def test_prompts_on_which_it_does_not(prompt: str) -> None:
    assert not is_hollow(prompt)
