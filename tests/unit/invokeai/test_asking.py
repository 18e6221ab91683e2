"""Questions: several at once, and a few objects out of a large answer."""

from __future__ import annotations

import asyncio
import json

import pytest

from darkroom.connectors.invokeai.lists import pick
from darkroom.connectors.invokeai.offer import SCHEMAS, trim_schemas
from darkroom.connectors.invokeai.together import together
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


async def test_results_come_in_order_and_few_run_at_a_time() -> None:
    running = most = 0

    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return number

    assert await together(map(work, range(20)), at_once=3) == list(range(20))
    assert most == 3
    assert await together(()) == []


async def test_when_one_fails_none_is_left_behind() -> None:
    ended = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await together([waits(), fails(), waits()], at_once=2)
    assert ended.is_set()
