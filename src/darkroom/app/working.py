"""Work in the background of a widget, with the manners every worker here has."""

from __future__ import annotations

import asyncio
import logging
import sys
import weakref
from typing import TYPE_CHECKING, Any

from darkroom.domain.errors import DarkroomError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from textual.dom import DOMNode
    from textual.worker import Worker

log = logging.getLogger(__name__)


def attempt(
    node: DOMNode,
    work: Coroutine[Any, Any, str | None],
    group: str,
    description: str,
    exclusive: bool = False,
) -> Worker[None]:
    """Runs `work` as a worker of `node`; what it returns is told, and so is what goes wrong.

    Args:
        node: The worker ends with it.
        work: Returns a line for the person, or `None` when there is nothing to say.
        group: Workers of one group and node replace each other when `exclusive`.
        description: What is being done, for logs.
        exclusive: Cancel what the group was doing.
    """

    async def see_through() -> None:
        await _see_through(node, work, description)

    worker: Worker[None] = node.run_worker(
        see_through,
        group=group,
        exclusive=exclusive,
        description=description,
        exit_on_error=False,
    )
    # A worker that is replaced before it starts never awaits its work, which Python would complain of.
    weakref.finalize(worker, work.close)
    return worker


async def _see_through(node: DOMNode, work: Coroutine[Any, Any, str | None], description: str) -> None:
    try:
        said = await work
    except DarkroomError as error:
        tell_error(node, error)
    else:
        if said:
            tell(node, said)
    finally:
        _log_defect(node, description)


def _log_defect(node: DOMNode, description: str) -> None:
    """A mistake of ours must neither end the program nor pass unseen."""
    error = sys.exception()
    if error is not None and not isinstance(error, asyncio.CancelledError):
        log.error("failed: %s", description, exc_info=error)
        node.app.notify(
            f"While: {description}. The log has the details", title="A mistake in Darkroom", severity="error"
        )


def tell(node: DOMNode, text: str) -> None:
    """Says something in passing; `text` is data, never markup."""
    node.app.notify(text, markup=False, timeout=4)


def tell_error(node: DOMNode, error: DarkroomError) -> None:
    """Says what went wrong and what to do."""
    log.info("told: %s | %s", error.title, error.detail)
    said = "\n".join(part for part in (error.detail, error.hint) if part)
    node.app.notify(
        said or error.title,
        title=error.title if said else "",
        severity="error",
        markup=False,
        timeout=8,
    )
