"""What each setting means, in the words that stand beneath it in `settings.py`."""

from __future__ import annotations

import ast
import itertools
from functools import cache
from pathlib import Path


@cache
def descriptions() -> dict[str, str]:
    """The docstring of each setting by its name, on one line.

    They are read from the source, so that they are written once, where the setting is.
    """
    source = Path(__file__).with_name("settings.py").read_text(encoding="utf-8")
    tree = ast.parse(source)
    body = next(n.body for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Settings")
    found = {}
    for field, text in itertools.pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(text.value.value).split())
    return found
