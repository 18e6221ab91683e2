"""A few objects out of a large answer."""

from __future__ import annotations

import json

import pytest

from darkroom.connectors.invokeai.lists import pick
from darkroom.connectors.invokeai.offer import SCHEMAS, trim_schemas
from tests.unit.invokeai.offering import DATA, recorded


def test_a_few_schemas_are_picked_out_of_the_whole_description() -> None:
    text = (DATA / "openapi.json").read_text("utf-8")
    whole = recorded("openapi.json")["components"]["schemas"]
    picked = pick(text, SCHEMAS)
    assert picked == {name: whole[name] for name in SCHEMAS if name in whole}
    assert trim_schemas(picked) == trim_schemas(whole)
    assert pick(json.dumps(json.loads(text), indent=2), SCHEMAS) == picked


@pytest.mark.parametrize("text", ["", '{"a":', '{"a": tru', '{"a": [1]}', '{"a": ' + "[" * 100_000, "<html>"])
def test_what_cannot_be_picked_is_left_out(text: str) -> None:
    assert pick(text, ("a",)) == {}
