"""Servers behind a proxy: prefix, passwords, headers; and none of it where it could be read."""

from __future__ import annotations

import base64
import logging
import uuid
from typing import TYPE_CHECKING

import pytest

from darkroom.connectors.access import Access
from darkroom.connectors.registry import open_connector
from darkroom.domain.errors import Unauthorized
from darkroom.domain.events import Outcome, Preview
from darkroom.domain.profile import Profile
from tests.contract.comfyui.target import txt2img
from tests.contract.driving import collect, ended, prepare, read
from tests.contract.proxy import proxy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from darkroom.connectors.base import Connector
    from tests.contract.comfyui.target import Target

SECRET = "s3cret-p4ss"  # noqa: S105
BASIC = f"Basic {base64.b64encode(f'me:{SECRET}'.encode()).decode()}"


def opened(url: str, access: Access) -> Connector:
    return open_connector(Profile("behind"), url, access, uuid.uuid4().hex)


@pytest.mark.parametrize(
    ("access", "header", "value"),
    [
        (Access("me", SECRET), "Authorization", BASIC),
        (Access(token=SECRET), "Authorization", f"Bearer {SECRET}"),
        (Access(headers={"X-Api-Key": SECRET}), "X-Api-Key", SECRET),
    ],
    ids=["basic", "bearer", "header"],
)
async def test_a_server_behind_a_password_is_used_in_full(
    target: Target, access: Access, header: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    def allows(headers: Mapping[str, str]) -> bool:
        return headers.get(header) == value

    async with proxy(target.url, allows) as before:
        connector = opened(before.url, access)
        try:
            events = await collect(connector.run(await prepare(connector, await txt2img(connector, steps=6))))
            assert ended(events).outcome is Outcome.COMPLETE
            assert any(isinstance(event, Preview) for event in events)
            assert await read(connector, ended(events).outputs[0])
            assert SECRET not in repr(connector)
        finally:
            await connector.aclose()
        paths = {path for path, _ in before.seen}
        assert "/behind/ws" in paths
        assert not [path for path, headers in before.seen if "Origin" in headers]
    assert SECRET not in caplog.text
    assert BASIC not in caplog.text


async def test_a_password_in_the_url_works_and_is_not_repeated(target: Target) -> None:
    async with proxy(target.url, lambda headers: headers.get("Authorization") == BASIC) as before:
        connector = opened(before.url.replace("://", f"://me:{SECRET}@"), Access())
        try:
            assert (await connector.probe()).version
        finally:
            await connector.aclose()


async def test_a_wrong_password_is_told_without_repeating_it(target: Target) -> None:
    async with proxy(target.url, lambda headers: headers.get("Authorization") == BASIC) as before:
        connector = opened(before.url.replace("://", f"://me:{SECRET}x@"), Access())
        try:
            with pytest.raises(Unauthorized, match="credentials") as caught:
                await connector.probe()
        finally:
            await connector.aclose()
    assert SECRET not in "\n".join([*caught.value.lines(), repr(caught.value), str(caught.value.__cause__)])


async def test_a_proxy_without_websockets_costs_previews_only(target: Target) -> None:
    async with proxy(target.url, sockets=False) as before:
        connector = opened(before.url, Access())
        try:
            events = await collect(connector.run(await prepare(connector, await txt2img(connector))))
        finally:
            await connector.aclose()
    assert ended(events).outcome is Outcome.COMPLETE
    assert ended(events).outputs
