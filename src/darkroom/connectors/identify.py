"""Which program answers at an address, by the content of its answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from darkroom.connectors import signs
from darkroom.connectors.faults import html_title, looks_like_html
from darkroom.connectors.http import Http
from darkroom.connectors.signs import Identified, Seen, judge
from darkroom.domain.errors import ConnectorError, ProtocolError, TimedOut, Unauthorized
from darkroom.domain.profile import address_name, of_address
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from darkroom.connectors.access import Access, Address
    from darkroom.connectors.http import Answer

PATIENCE_S = 2.0
"""How long identifying takes at most, whatever is there."""

__all__ = ["PATIENCE_S", "Identified", "identify", "identify_address", "imitates", "wrong_service"]


async def identify(http: Http) -> Identified | None:
    """What answers; `None` when something does that is not known. Takes no longer than `PATIENCE_S`.

    Raises:
        Unreachable: Nothing answers, or not in time.
        ConnectorError: What answers speaks no HTTP, or its certificate is not trusted.
    """
    deadline = asyncio.get_running_loop().time() + PATIENCE_S
    answers = await asyncio.gather(*(_ask(http, path, deadline) for path in signs.PATHS))
    seen = {path: said for path, said in zip(signs.PATHS, answers, strict=True) if isinstance(said, Seen)}
    if not seen:
        raise next(said for said in answers if isinstance(said, ConnectorError))
    if any(said.refused for said in seen.values()):
        said = await _ask(http, signs.OPENAPI, deadline)
        if isinstance(said, Seen):
            seen[signs.OPENAPI] = said
    return judge(seen)


async def identify_address(
    address: Address, access: Access, *, profile: str = "", verify_tls: bool = True
) -> Identified | None:
    """`identify` over a connection of its own; `profile` is what its errors name.

    Raises:
        ConnectorError: As `identify` says.
        ConfigError: The environment names a proxy that cannot be used.
    """
    # Reading the system's certificates takes a while: not on the loop.
    http = await asyncio.to_thread(Http, profile, address, access, verify_tls=verify_tls)
    try:
        return await identify(http)
    finally:
        await http.aclose()


async def _ask(http: Http, path: str, deadline: float) -> Seen | ConnectorError:
    """What the server says at `path`, or the reason why that cannot be told."""
    try:
        async with asyncio.timeout_at(deadline):
            answer = await http.get(path, timeout_s=PATIENCE_S)
            return await _seen(http, answer)
    except Unauthorized:
        return Seen(refused=True)
    except ProtocolError as error:
        # Without a cause it was an answer, such as a redirect; with one it was no HTTP at all.
        return Seen() if error.__cause__ is None else error
    except ConnectorError as error:
        return error
    except TimeoutError:
        return TimedOut(
            "The server does not answer in time",
            f"GET {path} at {http.address.base}: nothing within {PATIENCE_S:g} s",
            "It may be busy, or still starting",
            profile=http.profile,
        )


async def _seen(http: Http, answer: Answer) -> Seen:
    if answer.status != 200:
        return Seen()
    text = answer.body.decode("utf-8", "replace")
    if looks_like_html(text):
        return Seen(None, text)
    try:
        return Seen(await http.json(answer), text)
    except ProtocolError:
        return Seen(None, text)


async def wrong_service(http: Http, answer: Answer, wanted: str) -> ProtocolError:
    """The error that says what seems to answer instead of `wanted`, a service's title; asks a few things."""
    try:
        found = await identify(http)
    except ConnectorError:
        found = None
    is_page = looks_like_html(answer.text())
    seems = found.label if found else ""
    if not seems and is_page:
        title = html_title(answer.text())
        seems = f"a web page titled “{title}”" if title else "a web page"
    what = f"It seems to be {seems}" if seems else "It answers, but not as it should"
    return ProtocolError(
        f"This is not {wanted}",
        f"{what}: {answer.endpoint} at {http.address.base} gave status {answer.status}"
        f"{' and a web page' if is_page else ''}",
        _advice(found, wanted, http.profile),
        profile=http.profile,
        endpoint=answer.endpoint,
        body=answer.text(),
    )


def _advice(found: Identified | None, wanted: str, profile: str) -> str:
    """What to do about a server that is not what a profile, or the name of an address, says."""
    meant = next((known for known in SERVICES.values() if known.title == wanted), None)
    if found is not None and meant is not None and found.service == meant.id:
        return found.remark or (f"Set the profile's auth to {found.wants}" if found.wants else "")
    port = f"{wanted}'s own port is {meant.url.rpartition(':')[2]}" if meant else ""
    unnamed = of_address(profile)
    if found is not None and found.service and unnamed is not None:
        return f"This is {found.label}: call it {address_name(found.service, unnamed.url)}"
    if found is not None and found.service:
        return (
            f"This is {found.label}: set the profile's service to {found.service}, or correct its URL; {port}"
        )
    return f"Check the URL and the port of the profile; {port}"


async def imitates(http: Http) -> bool:
    """Whether a server without a version is KoboldCpp, which answers on ComfyUI's paths too."""
    loop = asyncio.get_running_loop()
    said = await _ask(http, signs.KOBOLD, loop.time() + PATIENCE_S)
    return (
        isinstance(said, Seen)
        and isinstance(said.document, dict)
        and (said.document.get("result") == "KoboldCpp")
    )
