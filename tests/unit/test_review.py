"""Working on a case: one user at a time, everything recorded, personal data only with a reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, review_of, take
from tests.unit.desk import POLICY, Desk
from wakeup.domain.errors import ConflictError, ForbiddenError, NotFoundError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.review import Act, Reason, holder
from wakeup.domain.staff import RIGHTS, Right, StaffId, StaffRole
from wakeup.usecases.deciding.record_label import NewLabel, label
from wakeup.usecases.desk.play_recording import listen
from wakeup.usecases.review.review import add_note, give_back, send_to_police, unmask

LOOK = {Right.SEE_CASES, Right.SEE_SCRIPTS, Right.SEE_NUMBERS}
AGENT = LOOK | {
    Right.SEARCH_PHONE, Right.UNMASK, Right.READ_NOTES, Right.CLAIM, Right.NOTE, Right.HOLD, Right.SEND_TO_POLICE,
    Right.REACH, Right.TAKE_CONTEST, Right.LISTEN, Right.TAKE_CALLS,
}  # fmt: skip
TABLE = {
    StaffRole.VIEWER: LOOK,
    StaffRole.AGENT: AGENT | {Right.BREAK_GLASS},
    StaffRole.SUPERVISOR: AGENT
    | {Right.EXTEND, Right.RELEASE, Right.LABEL, Right.STOP_DIALLING, Right.TAKE_OVER, Right.KEEP_OFF, Right.LISTEN_IN},
    StaffRole.ADMIN: LOOK | {Right.BREAK_GLASS, Right.SEE_ADMIN, Right.READ_LOGS, Right.MANAGE_STAFF, Right.REPLAY},
    StaffRole.AUDITOR: LOOK | {Right.READ_NOTES, Right.SEE_ADMIN, Right.READ_LOGS},
}


@pytest.mark.parametrize("role", StaffRole)
def test_the_table_of_rights_cell_by_cell(role: StaffRole) -> None:
    assert {right: right in RIGHTS[role] for right in Right} == {right: right in TABLE[role] for right in Right}


@pytest.fixture
def case_id(desk: Desk) -> CaseId:
    return CaseId(desk.flag(1).case_id)


def test_a_claim_keeps_others_away_until_it_ends_by_itself(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id)
    with pytest.raises(ConflictError) as refused:
        take(desk, "kim", case_id, T0 + MINUTE)
    assert refused.value.field == "claim"
    take(desk, "kim", case_id, T0 + POLICY.review.lock)
    assert holder(review_of(desk, case_id), T0 + POLICY.review.lock) == StaffId("usr_kim")


def test_an_act_keeps_the_claim_alive(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id)
    desk.run(add_note, order(desk, "ann", case_id, text="rang the branch"), T0 + 9 * MINUTE)
    assert holder(review_of(desk, case_id), T0 + 15 * MINUTE) == StaffId("usr_ann")
    desk.run(add_note, order(desk, "kim", case_id, text="so did I"), T0 + 15 * MINUTE)
    assert holder(review_of(desk, case_id), T0 + 19 * MINUTE) is None


def test_a_case_is_given_back(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ann", case_id)
    desk.run(give_back, order(desk, "ann", case_id), T0)
    take(desk, "kim", case_id)
    assert holder(review_of(desk, case_id), T0) == StaffId("usr_kim")


def test_a_note_wants_words_and_not_too_many(desk: Desk, case_id: CaseId) -> None:
    for text in (" ", "x" * 2001):
        with pytest.raises(ConflictError) as refused:
            desk.run(add_note, order(desk, "ann", case_id, text=text), T0)
        assert refused.value.field == "text"
    assert review_of(desk, case_id).version == 0


def test_a_case_is_sent_to_the_police_only_once(desk: Desk, case_id: CaseId) -> None:
    take(desk, "kim", case_id)
    desk.run(send_to_police, order(desk, "kim", case_id, Reason.SCAM_LIKELY), T0)
    assert review_of(desk, case_id).police_at == T0
    with pytest.raises(ConflictError):
        desk.run(send_to_police, order(desk, "kim", case_id, Reason.SCAM_LIKELY), T0)


def test_a_label_changes_no_decision(desk: Desk, case_id: CaseId) -> None:
    truth = NewLabel(transfer_id=TransferId("t_1"), label=Truth.SCAM, recovered=Decimal(100))
    with pytest.raises(ForbiddenError):
        desk.run(label, order(desk, "kim", case_id), truth, T0)
    take(desk, "ann", case_id)
    before = desk.decisions(TransferId("t_1"))
    desk.run(label, order(desk, "ann", case_id), truth, T0)
    assert desk.decisions(TransferId("t_1")) == before
    with pytest.raises(ConflictError) as refused:
        desk.run(label, order(desk, "ann", case_id), NewLabel(transfer_id=TransferId("t_1"), label=Truth.SCAM,
                 recovered=Decimal(501)), T0)  # fmt: skip
    assert refused.value.field == "recovered"


def test_unmasking_shows_once_and_is_written_down(desk: Desk, case_id: CaseId) -> None:
    why = (Reason.CONTACT_CUSTOMER, "she asked us to ring back")
    shown = desk.run(unmask, order(desk, "kim", case_id, *why), T0)
    assert [(party.phone, party.name) for party in shown.parties] == [("+6590000001", "Mei")]
    assert shown.payees[TransferId("t_1")].name == "Wong"
    case = desk.run(lambda unit: unit.cases.lock(case_id))
    acts = desk.run(lambda unit: unit.reviews.acts(case.id, case.customer_id))
    assert [(act.act, act.name, act.reason, act.text) for act in acts] == [(Act.UNMASKED, "kim", *why)]
    rows = desk.run(lambda unit: unit.connection.exec_driver_sql(
        "SELECT kind, by FROM timeline WHERE kind LIKE 'review%'").fetchall())  # fmt: skip
    assert [tuple(row) for row in rows] == [("review_unmasked", "kim")]


@pytest.mark.parametrize("name", ["vera", "root", "aud"])
def test_viewers_admins_and_auditors_unmask_and_claim_nothing(desk: Desk, case_id: CaseId, name: str) -> None:
    with pytest.raises(ForbiddenError):
        desk.run(unmask, order(desk, name, case_id, Reason.REPORT), T0)
    with pytest.raises(ForbiddenError):
        take(desk, name, case_id)


def test_the_log_of_administration_is_a_chain(desk: Desk) -> None:
    for n in range(3):
        desk.run(lambda unit, n: unit.admin.add("account_made", "root", T0 + timedelta(seconds=n), staff=f"usr_{n}"), n)
    newest = desk.run(lambda unit: unit.admin.newest(2))
    assert [(n, note.kind, note.data) for n, _, note in newest] == [
        (3, "account_made", {"staff": "usr_2"}),
        (2, "account_made", {"staff": "usr_1"}),
    ]


def test_a_recording_is_heard_in_the_case_in_which_it_was_made_and_in_no_other() -> None:
    desk, recording = Desk(), "RE" + "1" * 32
    hire(desk, a_staff("kim", StaffRole.AGENT))
    own, other = CaseId(desk.flag(1).case_id), CaseId(desk.flag(2).case_id)
    desk.on(own, T0, lambda file: file.note("message_recorded", recording=recording, seconds=4))
    desk.run(listen, order(desk, "kim", own), recording, T0)
    for case_id, what in ((other, recording), (own, "RE" + "2" * 32), (own, "")):
        with pytest.raises(NotFoundError):
            desk.run(listen, order(desk, "kim", case_id), what, T0)
    assert [row["by"] for row in desk.timeline(own) if row["kind"] == "review_listened"] == ["kim"]
