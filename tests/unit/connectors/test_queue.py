from __future__ import annotations

import pytest

from darkroom.connectors.comfyui.queue import QueueState, read_queue
from tests.unit.connectors.recordings import load


def test_the_heap_is_put_in_order() -> None:
    document = load("queue-heap-order.json")
    numbers = [item[0] for item in document["queue_pending"]]
    assert numbers != sorted(numbers), "the recording shows the heap"
    by_number = {item[0]: item[1] for item in document["queue_pending"]}
    state = read_queue(document)
    assert state.pending == tuple(by_number[number] for number in sorted(by_number))
    assert state.ahead(state.pending[0]) == 1
    assert state.ahead(state.pending[3]) == 4
    assert state.ahead(state.running[0]) is None
    assert state.length == len(numbers) + 1


def test_an_idle_queue_is_empty() -> None:
    assert read_queue({"queue_running": [], "queue_pending": []}) == QueueState()


@pytest.mark.parametrize("document", [None, [], {}, {"queue_pending": []}])
def test_what_is_no_queue_is_a_value_error(document: object) -> None:
    with pytest.raises(ValueError, match="queue"):
        read_queue(document)


def test_items_of_other_shapes_are_passed_over() -> None:
    document = {
        "queue_running": [None, [], ["x", "y"], [1]],
        "queue_pending": [[2.5, "b"], [-1, "a"], [1, None]],
    }
    assert read_queue(document) == QueueState((), ("a", "b"))
