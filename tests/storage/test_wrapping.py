"""Keys are rewrapped on both databases, page by page, each once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

from tests.unit.builders import T0
from tests.unit.desk import dependencies, wait
from wakeup.domain.ids import CustomerId
from wakeup.storage.engine import make_engine
from wakeup.storage.keyring import KeyRing
from wakeup.storage.unit_of_work import SqlUnit, unit_maker
from wakeup.storage.vault import Vault
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.repositories.wrapping import KeyKind, Wrapped

OLD, NEW = b"o" * 32, b"n" * 32


@contextmanager
def under(url: str, *masters: bytes) -> Iterator[SqlUnit]:
    """A transaction of a process with these master keys."""
    dice = Random(len(masters)).randbytes
    vault = Vault(KeyRing(masters, dice), [b"i" * 32], dice)
    engine = make_engine(url)
    with engine.begin() as connection:
        yield unit_maker(replace(dependencies(), vault=vault))(connection)
    engine.dispose()


def test_all_pages_are_wrapped_anew_and_open_without_the_old_key(migrated_url: str) -> None:
    with under(migrated_url, OLD) as unit:
        for n in (1, 2, 3):
            open_case(unit, wait(n), T0)
    with under(migrated_url, NEW, OLD) as unit:
        first = unit.wrapping.wrap_anew(KeyKind.CUSTOMERS, "", 2)
        assert first == Wrapped(anew=2, unreadable=(), last="u_2")
        assert unit.wrapping.wrap_anew(KeyKind.CUSTOMERS, "u_2", 2) == Wrapped(anew=1, unreadable=(), last=None)
        assert unit.wrapping.wrap_anew(KeyKind.CUSTOMERS, "", 9) == Wrapped(anew=0, unreadable=(), last=None)
    with under(migrated_url, NEW) as unit:
        for n in (1, 2, 3):
            [case] = unit.cases.lock_unsettled(CustomerId(f"u_{n}"))
            assert unit.parties.of_case(case)[0].phone
