"""One module for each kind of scene; each has `draw(surface)`."""
