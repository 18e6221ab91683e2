"""The line between a program and its terminal: how fast data is taken, and how much waits on the way."""

from __future__ import annotations

import os
import select
from collections import deque

BURST_S = 0.02
"""So much of a second's data a line delivers in one go."""

SSH_WINDOW = 2 << 20
"""Bytes that ssh takes before the terminal has them. Source: OpenSSH, channels.h, CHAN_SES_WINDOW_DEFAULT."""


class Line:
    """Takes what a program writes, no faster than a rate allows."""

    def __init__(self, device: int, rate: float | None, *, ssh: bool) -> None:
        """A line that is idle.

        Args:
            device: Our end of the pseudo-terminal.
            rate: Bytes a second; `None` for no limit.
            ssh: Take all at once and deliver it at the rate, so that no write ever waits. If not, the program
                waits once the kernel's own small buffer is full.
        """
        self.device = device
        self.rate = rate
        self.ended = False
        """Nobody has the other end any more, and all was taken."""
        self._ssh = ssh
        self._waiting: deque[bytes] = deque()
        self._held = 0
        self._closed = False
        self._allowed = 0.0
        self._filled_at: float | None = None

    @property
    def held(self) -> int:
        """Bytes that the program wrote and the terminal does not have, as far as the line holds them."""
        return self._held

    def take(self, now: float, wait_s: float) -> bytes:
        """What arrives by `now`, or after a wait of at most `wait_s` seconds; b"" for nothing."""
        amount = self._amount(now)
        if self._ssh and self.rate is not None:
            self._fill(0.0 if self._waiting else wait_s)
            data = self._deliver(amount)
            if self._waiting and not data:
                select.select([], [], [], min(wait_s, BURST_S / 4))
        elif amount:
            data = self._read(amount, wait_s)
            self.ended = self._closed
        else:
            select.select([], [], [], min(wait_s, BURST_S / 4))
            data = b""
        self._allowed -= len(data)
        return data

    def _amount(self, now: float) -> int:
        """How many bytes may arrive: what the time since the last call allows, at most a burst."""
        if self.rate is None:
            return 1 << 16
        most = max(64.0, self.rate * BURST_S)
        since = 0.0 if self._filled_at is None else now - self._filled_at
        self._allowed = min(most, self._allowed + since * self.rate)
        self._filled_at = now
        return int(self._allowed) if self._allowed >= most / 4 else 0

    def _fill(self, wait_s: float) -> None:
        while not self._closed and self._held < SSH_WINDOW and (data := self._read(1 << 16, wait_s)):
            self._waiting.append(data)
            self._held += len(data)
            wait_s = 0.0

    def _deliver(self, amount: int) -> bytes:
        data = b""
        if self._waiting and amount:
            first = self._waiting.popleft()
            data, rest = first[:amount], first[amount:]
            if rest:
                self._waiting.appendleft(rest)
            self._held -= len(data)
        self.ended = self._closed and not self._waiting
        return data

    def _read(self, amount: int, wait_s: float) -> bytes:
        if self._closed or not select.select([self.device], [], [], wait_s)[0]:
            return b""
        try:
            data = os.read(self.device, amount)
        except OSError:  # Linux: EIO when the last process has closed its end
            data = b""
        self._closed = not data
        return data
