"""Items of others in the server's queue.

The list of all items has tens of megabytes, and cannot be cut down to those that are not over. So the counts
of our own batches are taken from those of the whole queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkroom.connectors.invokeai.lookup import AT_ONCE
from darkroom.connectors.together import together
from darkroom.domain.errors import ConnectorError
from darkroom.domain.server import ServerJob
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from darkroom.connectors.invokeai.client import Client
    from darkroom.connectors.invokeai.handle import JobHandle
    from darkroom.connectors.invokeai.replies import Counts, QueueCounts

LABEL_CHARS = 80

_PROMPT = "positive_prompt"
"""Start of the id of the node that holds the prompt, in the graphs of InvokeAI's own page (and in ours).

Source: InvokeAI 6.14.2, web page."""


async def foreign(client: Client, ours: Sequence[JobHandle]) -> tuple[ServerJob, ...]:
    """The items that are none of `ours`; see `base.Connector.foreign`."""
    queue = (await client.queue_status()).queue
    if not queue.open:
        return ()
    known = await _counts(client, [job.batch for job in ours])
    running = queue.in_progress - sum(counts.in_progress for counts in known)
    waiting = queue.open - queue.in_progress - sum(counts.open - counts.in_progress for counts in known)
    runs = [ServerJob(True)] * running
    if runs and queue.batch_id not in {job.batch for job in ours}:
        runs[0] = ServerJob(True, await _label(client, queue))
    # The counts are not of one moment: an item of ours may have ended between two of them.
    return (*runs, *[ServerJob(False)] * waiting)


async def _counts(client: Client, batches: Sequence[str]) -> tuple[Counts, ...]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(batch: str) -> Counts:
        async with limit:
            return await client.batch_status(batch)

    return await together(*map(one, batches))


async def _label(client: Client, queue: QueueCounts) -> str:
    """The prompt of the item that runs, or where its pictures go ("canvas"); "" when neither is told."""
    try:
        item = await client.item(queue.item_id) if queue.item_id is not None else None
    except ConnectorError:
        return ""
    if item is None:
        return ""
    told = prompt_of(item.get("session")) or item.get("destination") or item.get("origin")
    return excerpt(told, LABEL_CHARS) if isinstance(told, str) else ""


def prompt_of(session: object) -> str:
    """The prompt in an item's session, "" where there is none."""
    graph = session.get("graph") if isinstance(session, Mapping) else None
    nodes: Any = graph.get("nodes") if isinstance(graph, Mapping) else None
    for name, node in nodes.items() if isinstance(nodes, Mapping) else ():
        if str(name).startswith(_PROMPT) and isinstance(node, Mapping) and isinstance(node.get("value"), str):
            return str(node["value"])
    return ""
