"""One person has one id, however it was typed: four eyes count persons."""

from __future__ import annotations

import pytest

from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.errors import ConflictError
from wakeup.domain.staff import PersonId, StaffRole, nearly_same_person, person_of, same_person
from wakeup.usecases.console.sign_in import NewAccount, make_account, perhaps_same_person


def account(name: str, person: str) -> NewAccount:
    return NewAccount(name=name, person=person, role=StaffRole.SUPERVISOR, password_hash="$none")


@pytest.mark.parametrize("typed", ["e-1001", "E-1001", " e-1001", "E-1001\t", "Ｅ-１００１"])
def test_an_account_keeps_the_id_of_its_owner_as_it_is_compared(desk: Desk, typed: str) -> None:
    assert desk.run(make_account, account("zoe", typed), "test", T0).person == "e-1001"


@pytest.mark.parametrize("typed", ["", " ", "e 1001", "é1001", "e" * 65])
def test_what_is_no_id_is_refused(desk: Desk, typed: str) -> None:
    with pytest.raises(ConflictError) as refused:
        desk.run(make_account, account("zoe", typed), "test", T0)
    assert refused.value.field == "person"


@pytest.mark.parametrize(
    ("one", "other", "same", "nearly"),
    [
        ("e1001", "E1001", True, False),
        ("e-1001", "e1001", False, True),
        ("1001", "001001", False, True),
        ("E.10-01", "e_1001", False, True),
        ("e1001", "e1002", False, False),
        ("e100", "e1000", False, False),
        ("e0", "e", False, False),
    ],
)
def test_ids_are_the_same_nearly_the_same_or_different(one: str, other: str, same: bool, nearly: bool) -> None:
    for a, b in ((PersonId(one), PersonId(other)), (PersonId(other), PersonId(one))):
        assert (same_person(a, b), nearly_same_person(a, b)) == (same, nearly)
    assert person_of(person_of(one)) == person_of(one)


def test_an_owner_who_is_nearly_known_is_found(desk: Desk) -> None:
    zoe = desk.run(make_account, account("zoe", "e-1001"), "test", T0)
    assert desk.run(perhaps_same_person, desk.run(make_account, account("yan", "1002"), "test", T0)) == []
    assert desk.run(perhaps_same_person, desk.run(make_account, account("zoe2", "E-1001"), "test", T0)) == []
    found = desk.run(perhaps_same_person, desk.run(make_account, account("zoe3", "e1001"), "test", T0))
    assert [other.name for other in found] == [zoe.name, "zoe2"]
