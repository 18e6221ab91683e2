"""Jobs of others in the server's queue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from darkroom.connectors.comfyui.handle import read_handle
from darkroom.connectors.handles import readable
from darkroom.domain.server import ServerJob
from darkroom.domain.text import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from darkroom.connectors.comfyui.client import Client
    from darkroom.domain.generation import Handle

LABEL_CHARS = 80

LABELLED_MAX = 50
"""So many jobs are told by more than their number."""

_MODELS = ("ckpt_name", "unet_name")
"""Inputs of the nodes that load a checkpoint. Source: ComfyUI 0.3.64, `nodes.py`."""


class Foreign:
    """Looks through the queue, and spares itself that where its length says enough."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._there: frozenset[str] = frozenset()
        """Jobs of ours that the queue held when it was last looked through."""

    async def look(self, ours: Sequence[Handle]) -> tuple[ServerJob, ...]:
        """The jobs that are none of `ours`; see `base.Connector.foreign`."""
        names = frozenset(job.prompt_id for job in readable(ours, read_handle))
        remaining = await self._client.queue_remaining()
        if remaining is not None and remaining <= len(self._there & names):
            # The queue holds every job's graph; as long as it holds no more than ours, it is not asked for.
            return ()
        running, pending = await self._client.queue_items()
        self._there = names.intersection(item.job for item in (*running, *pending))
        found = [(True, item) for item in running] + [(False, item) for item in pending]
        others = [(runs, item.graph) for runs, item in found if item.job not in names]
        return tuple(
            ServerJob(runs, label(graph) if place < LABELLED_MAX else "")
            for place, (runs, graph) in enumerate(others)
        )


def label(graph: Mapping[str, Any]) -> str:
    """Checkpoint and prompt of somebody's graph, as far as they are seen at a glance; printable."""
    nodes = [given for node in graph.values() if (given := _inputs(node))]
    model = next((given[name] for given in nodes for name in _MODELS if isinstance(given.get(name), str)), "")
    prompt = next((text for given in nodes for text in _prompts(given, graph)), "")
    return excerpt(" · ".join(excerpt(text, LABEL_CHARS) for text in (model, prompt) if text), LABEL_CHARS)


def _prompts(given: Mapping[str, Any], graph: Mapping[str, Any]) -> Iterator[str]:
    """The text of the node that is linked to an input called `positive`."""
    link = given.get("positive")
    if isinstance(link, list) and link and isinstance(link[0], str):
        text = _inputs(graph.get(link[0])).get("text")
        if isinstance(text, str):
            yield text


def _inputs(node: object) -> Mapping[str, Any]:
    given = node.get("inputs") if isinstance(node, Mapping) else None
    return given if isinstance(given, Mapping) else {}
