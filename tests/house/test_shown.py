"""What a person said, and how to reach them, is in no `repr`: logs and errors show values by their `repr`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module
from pkgutil import walk_packages

import wakeup

HIDDEN = frozenset({"phone", "e164", "text", "body", "raw", "relation", "call_code", "password", "password_hash"})
TEXTS = frozenset({"str", "bytes", "str | None", "bytes | None"})
OURS = (
    "wakeup.web.openapi.", "wakeup.runtime.scripts.", "wakeup.runtime.settings.", "wakeup.workshop.", "wakeup.simulator.",
    "wakeup.simulation.",
)  # fmt: skip
"""These modules hold no personal data: some describe the service itself, and in simulations no person is real."""


def values() -> Iterator[type]:
    """Every value class of the product."""
    for module in walk_packages(wakeup.__path__, "wakeup."):
        if not module.name.startswith(OURS) and not module.name.endswith("__main__"):
            found = vars(import_module(module.name)).values()
            yield from (one for one in found if isinstance(one, type) and one.__module__ == module.name)


def test_no_value_shows_what_it_holds_of_a_person() -> None:
    shown = [
        f"{value.__module__}.{value.__name__}.{field.name}"
        for value in values()
        if is_dataclass(value)
        for field in fields(value)
        if field.name in HIDDEN and field.type in TEXTS and field.repr
    ]
    assert shown == []
