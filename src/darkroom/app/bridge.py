"""The one place where what the core tells becomes Textual messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from darkroom.app import messages
from darkroom.services import updates

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable

    from textual.message import Message
    from textual.message_pump import MessagePump


def translate(update: updates.Update) -> Message:
    """`update` as the message of the same meaning; a new one each time."""
    match update:
        case updates.Changed(summary):
            return messages.GenerationChanged(summary)
        case updates.Live(generation_id, session_id, event):
            return messages.LiveProgress(generation_id, session_id, event)
        case updates.PreviewArrived(generation_id, session_id, data):
            return messages.PreviewArrived(generation_id, session_id, data)
        case updates.Refused(generation_id, session_id, problems):
            return messages.Refused(generation_id, session_id, problems)
        case updates.ConnectionChanged(state):
            return messages.ConnectionChanged(state)
        case updates.SessionsChanged():
            return messages.SessionsChanged()
        case updates.StoreChanged():
            return messages.StoreChanged()
        case updates.QueueChanged():
            return messages.QueueChanged()
        case updates.Trouble(error):
            return messages.Trouble(error)


async def carry(
    stream: AsyncIterable[updates.Update], listeners: Callable[[], Iterable[MessagePump]]
) -> None:
    """Posts every update of `stream` to all who listen just then; returns when the stream ends.

    Screens below another one hear everything too, so that nothing is stale when they come back.
    """
    async for update in stream:
        for listener in listeners():
            listener.post_message(translate(update))
