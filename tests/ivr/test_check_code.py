"""The check code is read where the callee can answer, never in our last words: the bank's app says that who quotes a
code then is a scammer."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from tests.ivr.stage import LIBRARY
from wakeup.ivr.library import Published
from wakeup.ivr.nodes import Heard, prompts_of


@pytest.mark.parametrize("published", tuple(LIBRARY), ids=lambda one: one.script.id)
def test_the_code_is_read_only_where_an_answer_is_waited_for(published: Published) -> None:
    words = json.loads(published.content)["prompts"].values()
    reads = {name for texts in words for name, text in texts.items() if "call_code" in text}
    assert reads or published.script.id == "guardian_call"
    said = [node for node in published.script.nodes.values() if reads.intersection(prompts_of(node))]
    assert all(isinstance(node, get_args(Heard)) for node in said)
