"""Build a script from plain data, with every check that its author would see at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wakeup.ivr.checks import check_graph, check_prompts, check_scoring
from wakeup.ivr.parse import read_script
from wakeup.ivr.script import Script, ScriptError


def parse_script(data: Any, prompts: Mapping[str, Collection[str]] | None = None) -> Script:
    """Return the script of YAML data that is already loaded. With `prompts` (language -> prompt ids) the words are
    checked too.

    Raises ScriptError with every fault.
    """
    script = read_script(data)
    found = [*check_graph(script), *check_scoring(script)]
    if prompts is not None:
        found += check_prompts(script, prompts)
    errors = [finding for finding in found if finding.error]
    if errors:
        raise ScriptError(errors)
    return script
