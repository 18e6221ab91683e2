"""`python -m darkroom` is the command `darkroom`."""

import sys

from darkroom.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
