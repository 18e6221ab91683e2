"""Servers that nobody named yet: what answers at the services' usual ports."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from darkroom.config.profilecheck import problems
from darkroom.domain.errors import ConnectorError, InputError
from darkroom.domain.profile import DEMO, Profile, address_name
from darkroom.domain.service import SERVICES

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from darkroom.connectors.signs import Identified

AT_ONCE = 40
"""Addresses that are asked at the same time: eight hosts, and a dozen sockets each where one is silent."""

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Found(NamedTuple):
    """A server that answered.

    Attributes:
        url: Where.
        identified: What it is.
        profile: The saved profile that has this address; "" when there is none.
    """

    url: str
    identified: Identified
    profile: str = ""

    @property
    def name(self) -> str:
        """What it can be used by: its profile, or its address with the service."""
        return self.profile or address_name(self.identified.service, self.url)

    @property
    def lacks(self) -> str:
        """What keeps it from being used as it is; "" for nothing."""
        if self.identified.wants:
            return f"wants credentials ({self.identified.wants})"
        if self.identified.remark:
            return self.identified.remark
        return "" if self.identified.service else "not driven by Darkroom"


async def discover(hosts: Iterable[str], known: Iterable[Profile] = ()) -> tuple[Found, ...]:
    """Looks at all services' usual ports of each host, all at the same time.

    It takes as long as the slowest answer, `identify.PATIENCE_S` at most, for up to eight hosts.

    Args:
        hosts: Names or addresses; with a port (`box:7861`) or as a URL, only that one is looked at.
        known: Saved profiles; a server that one of them has is told by its name.

    Returns:
        What answered, host by host, in the order of the services; silence is left out.

    Raises:
        InputError: A host is none.
    """
    urls = dict.fromkeys(url for host in hosts for url in addresses(host))
    names = {_place(profile.url): profile.name for profile in reversed(list(known)) if profile.url}
    gate = asyncio.Semaphore(AT_ONCE)

    async def look(url: str) -> Found | None:
        async with gate:
            identified = await _identified(url)
        return Found(url, identified, names.get(_place(url), "")) if identified is not None else None

    found = await asyncio.gather(*map(look, urls))
    return tuple(server for server in found if server is not None)


def addresses(host: str) -> tuple[str, ...]:
    """The addresses to look at for one host.

    Raises:
        InputError: It is no host.
    """
    text = host.strip()
    if "://" in text:
        urls = [text]
    else:
        text = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
        has_port = re.search(r":\d+$", text) is not None and not text.endswith("]")
        ports = dict.fromkeys(urlsplit(service.url).port for service in SERVICES.values())
        urls = [f"http://{text}"] if has_port else [f"http://{text}:{port}" for port in ports]
    for problem in problems(Profile("a", url=urls[0])):
        raise InputError(
            f"This is no host to look at: {problem.message}",
            hint="Write a name, an address or a URL: box, 192.168.1.20, box:7861, https://box/prefix",
        )
    return tuple(urls)


async def _identified(url: str) -> Identified | None:
    # Both load httpx, which no start-up should pay for.
    from darkroom.connectors.access import Access, parse_address
    from darkroom.connectors.identify import identify_address
    from darkroom.connectors.signs import Identified

    address, access = parse_address(url, Access())
    try:
        found = await identify_address(address, access)
    except ConnectorError:
        return None
    return found or Identified("", "something that Darkroom does not know")


def _place(url: str) -> tuple[str, str, int, str]:
    """What two spellings of one address share."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    return parts.scheme.lower(), "127.0.0.1" if host in _LOCAL else host, port, parts.path.rstrip("/")


def profile_for(found: Found, taken: Container[str]) -> Profile:
    """A profile for a server that was found, under a name that says what it is and is not in `taken`."""
    service = SERVICES[found.identified.service]
    program = found.identified.program
    stem = service.id if program == service.title else re.sub(r"[^a-z0-9]+", "-", program.lower()).strip("-")
    host = urlsplit(found.url).hostname or ""
    if host not in _LOCAL:
        # Of a name the first part says enough; of an address nothing less than all of it.
        stem += "-" + (host if re.fullmatch(r"[\d.:a-f]+", host) else host.partition(".")[0])
    name = next(
        name
        for name in (stem, *(f"{stem}-{number}" for number in range(2, 1000)))
        if name not in taken and name != DEMO
    )
    return Profile(name, service.id, found.url)
