"""Fails when a module, class or function outgrows its limit.

Limits, in lines: module 500, class 250 (an `App` 300), function 60. An exception is listed in
`ALLOWED` with its reason. A module above 300 is worth a thought and is printed, not refused.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULE, MODULE_THINK, CLASS, APP, FUNCTION = 500, 300, 250, 300, 60

ALLOWED: dict[str, str] = {}
"""`path` or `path:name` → why it may be larger."""


def span(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> int:
    """Lines from the definition to its end, its docstring not counted."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def findings(path: Path) -> list[str]:
    """What is too large in one file, as lines to print."""
    name = str(path.relative_to(ROOT))
    text = path.read_text(encoding="utf-8")
    found = []
    if (length := text.count("\n")) > MODULE and name not in ALLOWED:
        found.append(f"{name}: {length} lines, at most {MODULE}")
    elif length > MODULE_THINK:
        print(f"note: {name} has {length} lines; above {MODULE_THINK}, think of dividing it")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            limit = APP if node.name.endswith("App") else CLASS
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            limit = FUNCTION
        else:
            continue
        if (size := span(node)) > limit and f"{name}:{node.name}" not in ALLOWED:
            found.append(f"{name}:{node.lineno}: {node.name} has {size} lines, at most {limit}")
    return found


def main() -> int:
    """Checks all Python files of the project."""
    files = [
        p for folder in ("src", "tests", "tools", "benchmarks") for p in sorted((ROOT / folder).rglob("*.py"))
    ]
    found = [line for path in files for line in findings(path)]
    stale = [key for key in ALLOWED if not (ROOT / key.partition(":")[0]).exists()]
    for line in [*found, *(f"{key}: allowed, but gone" for key in stale)]:
        print(line, file=sys.stderr)
    print(f"size: {len(files)} files, {len(found)} too large")
    return 1 if found or stale else 0


if __name__ == "__main__":
    sys.exit(main())
