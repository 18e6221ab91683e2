"""Plays a round: Darkrooms and servers as real processes, and trouble."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import traceback
from contextlib import AsyncExitStack, suppress
from time import monotonic
from typing import TYPE_CHECKING

import httpx

from darkroom.config.paths import resolve
from darkroom.config.settings import load
from darkroom.domain.workflow import BUILT_IN
from darkroom.services.core import Core
from tests.torture import faces, ledger
from tests.torture.played import Played
from tests.torture.scenario import Face, Trouble
from tests.torture.stage import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from tests.torture.faces import Running
    from tests.torture.scenario import Act, Scenario

FIRST_S = 60.0
"""A Darkroom says its first word within this time, on a machine that has much to do."""

FINISH_S = 150.0
"""All jobs have ended within this time after the last trouble."""

PATIENCE_S = 45.0
"""After this time a job that a server cannot tell of is settled by a new start of that server."""

FREEZE_S = 50.0
"""Longer than the lease, and than the time after which others look for what was left behind."""

LOOK_EVERY_S = 0.2
DISK = "disk"
"""Folder of a round that may be a small disk; the home is there, the servers are beside it."""

SERVERS_DIE = frozenset({Trouble.SERVER, Trouble.BOTH})
KILLS = frozenset({Trouble.KILL, Trouble.KILL_ALL, Trouble.BOTH, Trouble.QUIT, Trouble.FULL})
"""Whoever saw that a job was lost may be gone before it has sent it again."""
UNREACHED = ("Unreachable", "TimedOut")


class Round:
    """One round, in a folder of its own."""

    def __init__(self, scenario: Scenario, folder: Path) -> None:
        self._scenario = scenario
        self._home = folder / DISK / "home"
        self._stage = Stage(scenario, folder)
        self._seed = random.Random(scenario.seed).randrange(1, 1000) * 1_000_000
        self.faces: list[Running] = []
        self._recovers = False
        self._played = Played(scenario)

    async def play(self) -> Played:
        """All of it, and the ledger at the end."""
        began = monotonic()
        try:
            async with AsyncExitStack() as stack:
                await self._stage.open(stack)
                await self._prepare()
                for act in self._scenario.acts:
                    await self._play(act)
                await self._finish()
        finally:
            await self._clean()
        self._played.wrong += await ledger.wrong(self._home, self._books())
        for row in ledger.rows(self._home):
            self._played.ends[row.status] += 1
        self._played.said = [f"{face.face} {line}" for face in self.faces for line in face.said]
        self._played.seconds = monotonic() - began
        return self._played

    async def _prepare(self) -> None:
        """Profiles for the servers, and what the servers offer: later they may be away."""
        paths = resolve(self._home, {})
        paths.create()
        if self._scenario.resends:
            paths.config_file.write_text("resend_lost = true\n", "utf-8")
        core = await Core.open(paths, load(paths, {}))
        try:
            stage = self._stage
            for name, wire in zip(stage.names, stage.wires, strict=True):
                core.profiles.save(stage.backend.profile(wire.url, name))
            if len(stage.names) > 1:
                core.profiles.save_group("both", stage.names)
            session = (await core.sessions.last()).id
            for target in stage.targets:
                await core.forms.refresh(await core.forms.open(session, target, BUILT_IN))
            connector = await core.connections.get("one")
            self._recovers = connector.capabilities.recovers
        finally:
            await core.aclose()
        if self._scenario.foreign:
            await self._stage.servers[0].fault("busy")

    # Acts

    async def _play(self, act: Act) -> None:
        started = [await self._start(face, act) for face in act.faces]
        self.faces += started
        asked = [running for running in started if running.face in (Face.DESK, Face.GENERATE)]
        firsts = [asyncio.create_task(running.first.wait()) for running in asked]
        await asyncio.wait(firsts, timeout=FIRST_S, return_when=asyncio.FIRST_COMPLETED)
        for first in firsts:
            first.cancel()
        # The moment itself is what is tried: whatever has happened by then.
        await asyncio.sleep(act.after_s)
        await self._trouble(act)
        if self._scenario.foreign and act is self._scenario.acts[0]:
            await self._stage.free()

    async def _start(self, face: Face, act: Act) -> Running:
        # No two pictures are the same.
        self._seed += 10_000
        seed = self._seed
        stage, quick = self._stage, self._stage.backend.quick
        if face is Face.WORKER:
            return await faces.worker(self._home)
        if face is Face.SCREEN:
            return await faces.screen(self._home, "one")
        if face is Face.GENERATE:
            more = ["--no-wait"] if Face.WORKER in act.faces else []
            return await faces.generate(self._home, stage.targets, quick, seed, *more)
        return await faces.desk(
            self._home,
            seed=seed,
            first_seed=seed,
            jobs=act.jobs,
            targets=stage.targets,
            values=quick,
            slow=stage.backend.steady,
            cancels=seed % 3 == 0,
            finishes=False,
        )

    async def _trouble(self, act: Act) -> None:
        self._played.kills[act.trouble] += 1
        alive = [face for face in self.faces if face.alive]
        victim = alive[act.victim % len(alive)] if alive else None
        server = act.victim % len(self._stage.servers)
        match act.trouble:
            case Trouble.KILL if victim:
                victim.send(signal.SIGKILL)
            case Trouble.KILL_ALL:
                await self._end_all(signal.SIGKILL)
            case Trouble.QUIT:
                await self._end_all(signal.SIGTERM)
            case Trouble.SERVER:
                await self._stage.kill(server, act.for_s)
            case Trouble.BOTH:
                await asyncio.gather(self._end_all(signal.SIGKILL), self._stage.kill(server, act.for_s))
            case Trouble.DROP:
                await self._stage.cut(server, 0.0)
            case Trouble.AWAY:
                await self._stage.cut(server, act.for_s)
            case Trouble.FULL:
                await self._fill_disk(act.for_s)
            case Trouble.FREEZE if victim:
                await self._freeze(victim)

    async def _end_all(self, number: signal.Signals) -> None:
        for face in self.faces:
            face.send(number)
        if number is signal.SIGKILL:
            self._kill_workers()
        for face in self.faces:
            if number is signal.SIGTERM and face.face is Face.SCREEN and not self._recovers:
                continue  # it stays, unseen, for what only this process can follow
            if not await face.end():
                self._played.wrong.append(f"{face.face} does not end by {number.name}")
                face.send(signal.SIGKILL)

    async def _fill_disk(self, for_s: float) -> None:
        ballast = self._home.parent / "ballast"

        def fill() -> None:
            with ballast.open("wb", buffering=0) as file:
                for size in (1 << 20, 1 << 12, 1):
                    with suppress(OSError):
                        while file.write(b"x" * size) == size:
                            pass

        await asyncio.to_thread(fill)
        await asyncio.sleep(for_s)
        ballast.unlink()

    async def _freeze(self, victim: Running) -> None:
        victim.send(signal.SIGSTOP)
        self.faces.append(await faces.desk(self._home, seed=1, jobs=0, finishes=False))
        await asyncio.sleep(FREEZE_S)
        victim.send(signal.SIGCONT)

    # The end

    async def _finish(self) -> None:
        """The last Darkroom comes, and all is brought to its end."""
        last = await faces.desk(self._home, seed=1, jobs=0, finishes=True)
        self.faces.append(last)
        if not await last.end(PATIENCE_S) and not self._recovers:
            # Who is killed before it hears that its job began leaves one of which some servers cannot tell.
            self._played.restarts += await self._stage.settle()
        if not await last.end(FINISH_S - PATIENCE_S):
            self._played.wrong.append("the last desk did not see the end of all jobs")
        elif last.code:
            self._played.wrong.append(f"the last desk ended with {last.code}")
        for face in self.faces:
            if face.face is Face.SCREEN:
                face.send(signal.SIGHUP)
            if not await face.end():
                self._played.wrong.append(f"{face.face} does not end when all jobs have")
        for server in self._stage.servers:
            await self._stage.note(server)
        async with asyncio.timeout(30):
            while ledger.processes(self._home):  # noqa: ASYNC110 - nobody tells of a detached worker's end
                await asyncio.sleep(LOOK_EVERY_S)

    async def _clean(self) -> None:
        for face in self.faces:
            face.send(signal.SIGKILL)
            await face.end()
        for server in self._stage.servers:
            await server.kill()
        self._kill_workers()

    def _kill_workers(self) -> None:
        """Those that our Darkrooms have started, detached."""
        for pid, _ in ledger.processes(self._home):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _books(self) -> ledger.Books:
        troubles = set(self._scenario.troubles)
        foreground = any(Face.GENERATE in act.faces for act in self._scenario.acts)
        return ledger.Books(
            told={told for face in self.faces for told in face.kept},
            stopped={told for face in self.faces for told in face.stopped},
            jobs=self._stage.jobs,
            homes=[server.home for server in self._stage.servers],
            service=self._scenario.service,
            recovers=self._recovers,
            resends=self._scenario.resends and not troubles & KILLS,
            servers_died=bool(troubles & SERVERS_DIE) or self._played.restarts > 0,
            # In the foreground a server that is away is a failure.
            may_fail=UNREACHED if foreground else (),
            foreign_stopped=self._stage.foreign_stopped,
        )


async def play(scenario: Scenario, folder: Path) -> Played:
    """A round; a defect of the harness itself is told as what went wrong."""
    one = Round(scenario, folder)
    try:
        return await one.play()
    except (OSError, TimeoutError, AssertionError, httpx.HTTPError):
        said = [f"{face.face} {line}" for face in one.faces for line in face.said]
        return Played(scenario, wrong=[f"the round broke off: {traceback.format_exc()}"], said=said)
