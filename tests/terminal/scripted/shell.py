"""The smallest shell: runs one command in the foreground, and goes on with it when it was stopped.

`python shell.py COMMAND …`: it writes a prompt before and after the command, and one
more each time the command stops; a line that is typed then brings it back. It ends with the status of the
command.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import termios

PROMPT = "$ "


def _say(text: str) -> None:
    os.write(1, text.encode())


def main() -> int:
    command = sys.argv[1:]
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # else taking the terminal back would stop this process
    settings = termios.tcgetattr(0)
    _say(f"{PROMPT}darkroom\r\n")
    child = os.fork()
    if not child:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)  # noqa: S606 - the command of a test
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        os.tcsetpgrp(0, os.getpgrp())
        if not os.WIFSTOPPED(status):
            termios.tcsetattr(0, termios.TCSANOW, settings)
            _say(PROMPT)
            return os.waitstatus_to_exitcode(status) & 255
        kept = termios.tcgetattr(0)
        termios.tcsetattr(0, termios.TCSANOW, settings)
        _say(f"stopped\r\n{PROMPT}")
        os.read(0, 64)
        termios.tcsetattr(0, termios.TCSANOW, kept)
        os.tcsetpgrp(0, os.getpgid(child))
        os.killpg(os.getpgid(child), signal.SIGCONT)


if __name__ == "__main__":
    sys.exit(main())
