"""Two administrators close each other's accounts at the same moment."""

from __future__ import annotations

from sqlalchemy import Engine

from tests.storage.interleave import Wish, before, meet, run
from tests.storage.test_lost_updates import LATER, engine
from tests.unit.console_people import a_staff
from wakeup.domain.errors import ForbiddenError
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.usecases.console.sign_in import close_account

__all__ = ["engine"]

EVA, TOM = StaffId("usr_eva"), StaffId("usr_tom")


def closes(who: StaffId, whose: StaffId) -> Wish:
    return lambda work: close_account(work, who, whose, LATER)


def test_two_administrators_who_close_each_others_account_leave_one(engine: Engine) -> None:
    for name in ("eva", "tom"):
        run(engine, lambda work, name: work.staff.add(a_staff(name, StaffRole.ADMIN)), name)
    met = meet(engine, closes(TOM, EVA), closes(EVA, TOM), before("UPDATE staff"))
    assert met.stopped and met.waited and met.anew == 0, met
    assert isinstance(met.second, ForbiddenError)
    closed = [run(engine, lambda work, who: work.staff.get(who).disabled_at, who) for who in (EVA, TOM)]
    assert closed == [LATER, None]
