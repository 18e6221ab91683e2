"""Documents people bring: understood, or refused with a reason."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.connectors.comfyui.importing import (
    DEPTH_LIMIT,
    SIZE_LIMIT_BYTES,
    UiDocument,
    parse_document,
    parse_png_texts,
)
from darkroom.domain.errors import InputError
from darkroom.domain.workflow import canonical
from tests.unit.comfyui.recorded import WORKFLOWS, base, node, workflow

UI_DOCUMENT = json.dumps(
    {"last_node_id": 1, "nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4}
)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_api_documents(name: str) -> None:
    text = json.dumps(workflow(name), indent=2)
    imported = parse_document(text)
    assert imported.graph == workflow(name)
    assert (imported.document, imported.document_format, imported.notes) == (text, "api", ())


def test_the_body_of_a_request() -> None:
    body = {"prompt": base(), "client_id": "x", "extra_data": {}}
    assert parse_document("\ufeff" + json.dumps(body)).graph == base()


def test_a_node_may_be_called_prompt() -> None:
    graph = {"prompt": node("PrimitiveString", value="x")}
    assert parse_document(json.dumps(graph)).graph == graph


def test_the_web_pages_form_is_told_apart() -> None:
    with pytest.raises(UiDocument) as caught:
        parse_document(UI_DOCUMENT)
    assert "cannot be converted yet" in caught.value.detail
    assert "Export (API)" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("{", "Line 1"),
        ("<html>", "Line 1"),
        ("[]", "list"),
        ("[1, 2]", "list"),
        ("7", "single JSON value"),
        ('"x"', "single JSON value"),
        ("null", "single JSON value"),
        ("{}", "no nodes"),
        ('{"a": 1, "b": {}}', "Nothing in it is a node; it has: a, b"),
        ('{"prompt": {}}', "no nodes"),
        ('{"1": {"class_type": "A"}, "2": 5}', "not an object"),
        ('{"1": {"class_type": "A"}, "2": {"inputs": {}}}', "class_type"),
        ('{"1": {"class_type": 5}}', "class_type"),
        ('{"1": {"class_type": ""}}', "class_type"),
        ('{"1": {"class_type": "A", "inputs": []}}', "inputs"),
        ("[" * 100_000, "No workflow is"),
        ('{"1": {"class_type": "A", "inputs": {"x": ' + "[" * 300 + "]" * 300 + "}}}", "levels"),
        ("9" * 10_000, "absurd"),
        (" " * (SIZE_LIMIT_BYTES + 1), "at most 32"),
    ],
    ids=lambda text: str(text)[:30],
)
def test_refusals_say_why(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_document(text)
    assert says in " ".join(caught.value.lines())


def test_the_depth_limit_is_above_real_graphs() -> None:
    inside: Any = "x"
    for _ in range(DEPTH_LIMIT - 4):
        inside = [inside]
    assert parse_document(json.dumps({"1": node("A", x=inside)})).graph["1"]["inputs"]["x"] == inside


def test_a_circle_is_named() -> None:
    graph = base()
    graph["latent"] = node("VAEEncode", pixels=["decode", 0], vae=["ckpt", 2])
    with pytest.raises(InputError) as caught:
        parse_document(json.dumps(graph))
    assert caught.value.detail in (
        "latent (VAEEncode) → decode (VAEDecode) → sample (KSampler) → latent (VAEEncode)",
        "sample (KSampler) → latent (VAEEncode) → decode (VAEDecode) → sample (KSampler)",
    )


def test_loose_links_are_noted_not_refused() -> None:
    graph = base()
    del graph["neg"]
    imported = parse_document(json.dumps(graph))
    assert imported.notes == ("node sample (KSampler) takes “negative” from node neg, which is not there",)


def test_numbers_that_are_none() -> None:
    text = '{"1": {"class_type": "A", "inputs": {"x": NaN, "y": -Infinity, "z": 1e999}, "is_changed": [NaN]}}'
    imported = parse_document(text)
    assert imported.graph == {"1": {"class_type": "A", "inputs": {"x": None, "y": None, "z": None}}}
    assert imported.notes == ("4 values that are no number (NaN) were left empty",)


def test_what_is_no_part_of_a_node_is_left_out() -> None:
    text = '{"1": {"class_type": "A", "_meta": 5, "is_changed": ["x"], "widgets": {}}}'
    assert parse_document(text).graph == {"1": {"class_type": "A", "inputs": {}}}


def test_halves_of_surrogates_are_replaced() -> None:
    text = '{"1": {"class_type": "A\\ud800\udc80", "inputs": {"\\udfff": "\\ud83d\\ude00"}}}'
    imported = parse_document(text)
    assert imported.graph == {"1": {"class_type": "A\ufffd\ufffd", "inputs": {"\ufffd": "😀"}}}
    imported.document.encode()


def test_errors_cannot_act_on_a_terminal() -> None:
    with pytest.raises(InputError) as caught:
        parse_document('{"\\u001b[2J": {"class_type": "A", "inputs": 5}}')
    assert "\x1b" not in "".join(caught.value.lines())


def test_pngs() -> None:
    text = json.dumps(base())
    imported = parse_png_texts({"prompt": text, "workflow": UI_DOCUMENT, "parameters": "a cat"})
    assert (imported.graph, imported.document_format, imported.document) == (base(), "png", text)


@pytest.mark.parametrize(
    ("texts", "kind", "says"),
    [
        ({}, InputError, "No text"),
        ({"Software": "x"}, InputError, "Software"),
        ({"parameters": "a cat\nSteps: 20"}, InputError, "A1111"),
        ({"workflow": UI_DOCUMENT}, UiDocument, "web page"),
        ({"prompt": "a cat"}, InputError, "not JSON"),
    ],
)
def test_pngs_without_a_graph(texts: dict[str, str], kind: type[InputError], says: str) -> None:
    with pytest.raises(kind) as caught:
        parse_png_texts(texts)
    assert says in " ".join(caught.value.lines())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=6) | st.sampled_from(["class_type", "inputs", "prompt", "nodes"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(
    JSON
    | st.dictionaries(
        st.text(max_size=3), st.fixed_dictionaries({"class_type": st.text(min_size=1), "inputs": JSON})
    )
)
def test_no_document_does_more_than_be_refused(document: object) -> None:
    try:
        imported = parse_document(json.dumps(document))
    except InputError:
        return
    assert all(isinstance(one["class_type"], str) for one in imported.graph.values())
    canonical(imported.graph).encode()


@given(st.text())
def test_no_text_does_more_than_be_refused(text: str) -> None:
    with contextlib.suppress(InputError):
        assert parse_document(text).graph
