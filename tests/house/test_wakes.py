"""Each name that a use case wakes has a loop or a page that waits for it: a misspelt name would delay the work to
the next sweep.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import calls, name_of, python, text_of
from wakeup.usecases.wakes import ALARM


def literals(path: Path) -> Iterator[str]:
    """Every literal name in a call of `wakes.add` or `wakes.update`."""
    for called, call in calls(path):
        if called.endswith(("wakes.add", "wakes.update")):
            for argument in call.args:
                names = argument.elts if isinstance(argument, ast.Set) else [argument]
                yield from (one.value for one in names if isinstance(one, ast.Constant) and isinstance(one.value, str))


def test_every_name_that_is_woken_has_a_listener() -> None:
    code = {name_of(path): text_of(path) for path in python("wakeup")}
    loops = {
        name
        for path, text in code.items()
        if path.startswith("wakeup/runtime/loops/")
        for name in re.findall(r'^    name = "(\w+)"$', text, re.MULTILINE)
    }
    pages = {
        name
        for path, text in code.items()
        if path.startswith("wakeup/web/")
        for name in re.findall(r'\b(?:listening\(|stream_of\(request, )"(\w+)"', text)
    }
    woken = {(name_of(path), name) for path in python("wakeup") for name in literals(path)}
    assert len(loops) > 10 and len(pages) > 1 and len(woken) > 30
    assert not {one for one in woken if one[1] not in loops | pages and not one[1].startswith(ALARM)}
