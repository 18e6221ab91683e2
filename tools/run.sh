#!/bin/sh
# `make run`: the program on a terminal; one picture by the demo server where there is none.
if [ -t 0 ] && [ -t 1 ]; then
    exec "$1/darkroom"
fi
exec "$1/darkroom" generate "a quiet harbour at dawn, fishing boats, soft light" --profile demo --output pictures/
