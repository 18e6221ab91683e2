"""What errors say, in the words of every dialect."""

from __future__ import annotations

from typing import Any

import pytest

from darkroom.connectors.a1111.refusals import failed, read_refusal, rejected
from tests.unit.a1111.recorded import document

RECORDED = document("refusals")
NO_NUMBER = "Input should be a valid integer, unable to parse string as an integer"


@pytest.mark.parametrize(
    ("name", "text", "kind", "problems"),
    [
        ("nowebui_500", "integer division or modulo by zero", "ZeroDivisionError", {}),
        ("a1111mw_500", "integer division or modulo by zero", "ZeroDivisionError", {}),
        ("a1111mw_bad_script", "Script 'nope' not found", "", {}),
        ("a1111mw_bad_b64", "Invalid encoded image", "", {"image": "Invalid encoded image"}),
        ("img2img_no_init", "Init image not found", "", {"image": "Init image not found"}),
        ("txt2img_bad_type", f"steps: {NO_NUMBER}", "", {"steps": NO_NUMBER}),
        ("a1111mw_validation", f"steps: {NO_NUMBER}", "", {"steps": NO_NUMBER}),
        (
            "extra_single_range",
            "gfpgan_visibility: Input should be less than or equal to 1",
            "",
            {"gfpgan_visibility": "Input should be less than or equal to 1"},
        ),
    ],
)
def test_recorded_errors(name: str, text: str, kind: str, problems: dict[str, str]) -> None:
    found = read_refusal(RECORDED[name]["body"])
    assert (found.text, found.kind, found.problems) == (text, kind, problems)


@pytest.mark.parametrize(
    "body",
    [
        {
            "error": "OutOfMemoryError",
            "detail": "",
            "message": "CUDA out of memory. Tried to allocate 2.00 GiB",
        },
        {"error": "RuntimeError", "errors": "DefaultCPUAllocator: not enough memory"},
        {"error": "CUDA out of memory"},
    ],
)
def test_out_of_memory_is_known(body: dict[str, Any]) -> None:
    assert failed(read_refusal(body)).kind == "OutOfMemory"


@pytest.mark.parametrize("body", [None, [], {}, {"detail": [1, {"loc": 3}]}, {"detail": {"a": 1}}, "text"])
def test_any_document_is_an_error_of_some_kind(body: Any) -> None:
    refusal = read_refusal(body)
    assert failed(refusal).title
    assert rejected(refusal, "p").problems


def test_long_and_wild_words_are_cut_and_cleaned() -> None:
    refusal = read_refusal({"detail": "\x1b[31m[red]" + "x" * 20_000})
    assert len(refusal.text) <= 600
    assert "\x1b" not in refusal.text
