"""The files of this checkout according to git; without git, all files in the folder."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = {".git", ".venv", "var", "dist", "__pycache__", ".hypothesis", "node_modules"}


@cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, part of the project."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, capture_output=True, check=True, timeout=60,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not _NOT_OURS & set(path.relative_to(ROOT).parts)]
    else:
        found = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    return tuple(sorted(path for path in found if path.is_file() and not path.name.endswith(".pyc")))


@cache
def text_of(path: Path) -> str:
    """The text of a file; empty if it is not a text file."""
    raw = path.read_bytes()
    if b"\0" in raw:
        return ""
    return raw.decode("utf-8", errors="replace")


def python(*folders: str) -> list[Path]:
    """The Python files below these folders."""
    return [path for path in files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(text_of(path), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of its syntax tree, in any order."""
    return tuple(ast.walk(tree_of(path)))


@cache
def calls(path: Path) -> list[tuple[str, ast.Call]]:
    """Every call with its dotted name."""
    return [(ast.unparse(node.func), node) for node in nodes_of(path) if isinstance(node, ast.Call)]
