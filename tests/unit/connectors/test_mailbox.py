from __future__ import annotations

import asyncio

from darkroom.connectors.comfyui.events import JobMessage, PictureMessage, StatusMessage
from darkroom.connectors.comfyui.mailbox import CROWDED, Mailbox


async def drain(mailbox: Mailbox) -> list[object]:
    found: list[object] = []
    while (message := await mailbox.get(0)) is not None:
        found.append(message)
    return found


async def test_messages_keep_their_order() -> None:
    mailbox = Mailbox("j")
    sent = [JobMessage("execution_start", "j"), JobMessage("executing", "j", {"node": "1"})]
    for message in sent:
        mailbox.put(message)
    assert await drain(mailbox) == sent


async def test_only_the_newest_preview_is_kept() -> None:
    mailbox = Mailbox("j")
    for number in range(50):
        mailbox.put(PictureMessage(bytes([number]), "image/jpeg", "j", "3"))
    assert await drain(mailbox) == [PictureMessage(bytes([49]), "image/jpeg", "j", "3")]


async def test_pictures_that_are_results_are_all_kept() -> None:
    mailbox = Mailbox("j", frozenset({"9"}))
    sent = [PictureMessage(bytes([number]), "image/png", "j", "9") for number in range(50)]
    for message in sent:
        mailbox.put(message)
    assert await drain(mailbox) == sent


async def test_a_crowd_of_progress_makes_room_and_loses_nothing_else() -> None:
    mailbox = Mailbox("j")
    mailbox.put(JobMessage("execution_start", "j"))
    for number in range(10_000):
        mailbox.put(JobMessage("progress", "j", {"value": number}))
    mailbox.put(JobMessage("executing", "j", {"node": None}))
    found = await drain(mailbox)
    assert len(found) <= CROWDED + 2
    assert found[0] == JobMessage("execution_start", "j")
    assert found[-2:] == [
        JobMessage("progress", "j", {"value": 9_999}),
        JobMessage("executing", "j", {"node": None}),
    ]


async def test_only_the_newest_status_is_kept() -> None:
    mailbox = Mailbox("j")
    mailbox.put(StatusMessage(3))
    mailbox.put(StatusMessage(2))
    assert await drain(mailbox) == [StatusMessage(2)]


async def test_waiting_ends_with_the_first_message() -> None:
    mailbox = Mailbox("j")
    waiting = asyncio.create_task(mailbox.get(60))
    await asyncio.sleep(0)
    mailbox.put(StatusMessage(1))
    assert await waiting == StatusMessage(1)


async def test_a_nudge_ends_the_wait_with_nothing_once() -> None:
    mailbox = Mailbox("j")
    waiting = asyncio.create_task(mailbox.get(60))
    await asyncio.sleep(0)
    mailbox.nudge()
    assert await waiting is None
    mailbox.nudge()
    assert await mailbox.get(60) is None
    assert await mailbox.get(0) is None
