"""No string of the bank's reaches the database with a character that PostgreSQL cannot store."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.bank.bodies import NOW, event, raw
from tests.web import test_guardian_lists, test_news
from wakeup.bank.faults import Unprocessable
from wakeup.bank.parse import parse_guardians, parse_label, parse_risk_event, parse_transfer_event
from wakeup.bank.typologies import TYPOLOGIES

LATER = NOW + timedelta(days=9)
BODIES: dict[str, tuple[Any, Callable[[bytes], Any]]] = {
    "event": (event(), lambda body: parse_risk_event(body, now=NOW, typologies=TYPOLOGIES)),
    "label": (test_news.SCAM, lambda body: parse_label(body, now=LATER)),
    "transfer event": (test_news.CANCELLED, lambda body: parse_transfer_event(body, now=LATER)),
    "guardians": (test_guardian_lists.body(), lambda body: parse_guardians(body, now=LATER)),
}


def strings(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        yield at
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from strings(inner, (*at, key))


@pytest.mark.parametrize("strange", ["\0", "\ud800"])
@pytest.mark.parametrize("kind", BODIES)
def test_every_string_is_refused_with_such_a_character(kind: str, strange: str) -> None:
    whole, parse = BODIES[kind]
    parse(raw(whole))
    for at in strings(whole):
        changed = copy.deepcopy(whole)
        place = changed
        for key in at[:-1]:
            place = place[key]
        place[at[-1]] += strange
        with pytest.raises(Unprocessable):
            parse(raw(changed))
