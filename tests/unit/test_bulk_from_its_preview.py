"""A bulk release is asked for as its preview showed it: what has changed since, also without changing how many there
are, shows a new preview first."""

from __future__ import annotations

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire
from tests.unit.desk import PHONE, Desk, said
from tests.unit.test_older_page import HELD, LATER
from tests.unit.test_release_from_its_page import T1, T2, WARNINGS, labelled
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId
from wakeup.domain.transfer import Tier
from wakeup.usecases.deciding.bulk_release import Span, ask_bulk, preview
from wakeup.usecases.deciding.release_basis import digest_of
from wakeup.usecases.intake.settle_case import settle_case

SPAN = Span(model="v7", since=T0, until=T0 + MINUTE)


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, *map(a_staff, ("ann", "ben", "cy")))
    return desk


def flagged(desk: Desk, n: int) -> CaseId:
    phone = PHONE if n == 1 else f"+659123400{n}"
    return CaseId(desk.flag(n, tier=Tier.MEDIUM, model="v7", customer_id=f"u_{n}", phone=phone).case_id)


def seen(desk: Desk) -> str:
    return desk.run(preview, SPAN, LATER).digest


def ask(desk: Desk, digest: str) -> list[str]:
    wish = desk.run(ask_bulk, StaffId("usr_ann"), SPAN, Reason.FALSE_ALARM, "INC-1", digest, LATER)
    return [member.transfer_id for member in desk.run(lambda unit: unit.bulk.members(wish.id))]


def is_refused(desk: Desk, digest: str) -> None:
    with pytest.raises(ConflictError) as refused:
        ask(desk, digest)
    assert refused.value.field == "version" and "the list has changed" in refused.value.reason


def test_one_transfer_in_place_of_another_is_another_list(desk: Desk) -> None:
    first, second = flagged(desk, 1), flagged(desk, 2)
    desk.run(settle_case, first, HELD)
    old = seen(desk)
    labelled(Truth.SCAM)(desk, first)
    desk.run(settle_case, second, LATER)
    assert [one.id for one in desk.run(preview, SPAN, LATER).takes] == [T2]
    is_refused(desk, old)
    assert ask(desk, seen(desk)) == [T2]


@pytest.mark.parametrize("news", [name for name in WARNINGS if name != "the label scam"])
def test_a_warning_since_the_preview_is_shown_before_a_request(desk: Desk, news: str) -> None:
    """Beside another transfer, so that the list is never empty."""
    first, second = flagged(desk, 1), flagged(desk, 3)
    for case_id in (first, second):
        desk.run(settle_case, case_id, HELD)
    old = seen(desk)
    WARNINGS[news](desk, first)
    is_refused(desk, old)
    assert "t_3" in ask(desk, seen(desk))


def test_what_takes_no_transfer_off_the_list_is_shown_before_a_request_too(desk: Desk) -> None:
    case_id = flagged(desk, 1)
    desk.run(settle_case, case_id, HELD)
    old = seen(desk)
    desk.run(lambda unit: unit.talks.add_evidence(said(Outcome.NO_INPUT, T1, LATER, 1), case_id))
    assert [one.id for one in desk.run(preview, SPAN, LATER).takes] == [T1]
    is_refused(desk, old)
    assert ask(desk, seen(desk)) == [T1]


@pytest.mark.parametrize("digest", ["", "1"])
def test_a_form_of_an_older_version_is_shown_the_list_first(desk: Desk, digest: str) -> None:
    desk.run(settle_case, flagged(desk, 1), HELD)
    is_refused(desk, digest)


def test_the_digest_depends_on_no_order_and_on_each_part() -> None:
    both = [(T1, "one"), (T2, "other")]
    assert digest_of(both) == digest_of(reversed(both))
    assert len({digest_of(both), digest_of(both[:1]), digest_of([(T1, "other"), (T2, "one")]), digest_of([])}) == 4
