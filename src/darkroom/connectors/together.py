"""Several questions to a server at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Coroutine

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


@overload
async def together(a: Coroutine[Any, Any, A], b: Coroutine[Any, Any, B], /) -> tuple[A, B]: ...
@overload
async def together(
    a: Coroutine[Any, Any, A], b: Coroutine[Any, Any, B], c: Coroutine[Any, Any, C], /
) -> tuple[A, B, C]: ...
@overload
async def together(
    a: Coroutine[Any, Any, A],
    b: Coroutine[Any, Any, B],
    c: Coroutine[Any, Any, C],
    d: Coroutine[Any, Any, D],
    /,
) -> tuple[A, B, C, D]: ...
@overload
async def together(*asked: Coroutine[Any, Any, A]) -> tuple[A, ...]: ...
async def together(*asked: Coroutine[Any, Any, Any]) -> tuple[Any, ...]:
    """The answers in the order of the questions.

    When one fails, the others are given up before the error goes on: left alone as `asyncio.gather` leaves
    them, they would outlive the connector, and keep their sockets.

    Raises:
        Exception: What the first that failed raised.
    """
    tasks = [asyncio.ensure_future(one) for one in asked]
    try:
        return tuple(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
