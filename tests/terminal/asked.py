"""Asks the terminal and prints what came of it: `python -m tests.terminal.asked [TIMEOUT] [then-a-line]`."""

from __future__ import annotations

import json
import os
import sys

from darkroom.services.doctor_terminal import as_data
from darkroom.terminal.ask_here import ask_terminal
from darkroom.terminal.decide import decide
from darkroom.terminal.truecolor import settle


def main() -> None:
    settle(os.environ)
    evidence = ask_terminal(float(sys.argv[1]))
    print("<" + json.dumps(as_data(decide("auto", evidence), evidence)) + ">", flush=True)  # noqa: T201
    if "then-a-line" in sys.argv:
        print(f"line: {sys.stdin.readline()!r}.", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
