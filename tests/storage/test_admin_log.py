"""The log of administration and people's acts cannot be overwritten, and tampering by other means is detected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.storage.migrated import migrated_file
from tests.storage.test_schema import AUDIT_KEY, told
from tests.unit.builders import T0
from tests.unit.console_people import a_staff
from tests.unit.desk import wait
from wakeup.domain.errors import ConstraintError, StoreDownError
from wakeup.domain.ids import TransferId
from wakeup.domain.review import Act, Reason, ReviewAct
from wakeup.domain.staff import PersonId, StaffId
from wakeup.runtime.audit_verify import find_faults
from wakeup.storage.anchors import write_anchor
from wakeup.storage.append_only import drop_append_only_triggers
from wakeup.storage.audit import counted_anew
from wakeup.storage.chain import ADMIN, Fault, FaultKind
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.store import Store


async def fill(store: Store[SqlUnit]) -> None:
    await store.run(open_case, wait(1), T0)

    def write(unit: SqlUnit) -> None:
        unit.staff.add(a_staff("ann"))
        for name in ("ann", "ben", "kim"):
            unit.admin.add("account_made", "root", T0, name=name)
        transfer = unit.transfers.get(TransferId("t_1"))
        assert transfer is not None
        unit.reviews.add_act(
            ReviewAct(
                id="act_1", case_id=transfer.case_id, customer_id=transfer.customer_id, transfer_id=None, act=Act.HELD,
                reason=Reason.OTHER, by=StaffId("usr_ann"), name="ann", person=PersonId("p"), at=T0, text="x",
            )
        )  # fmt: skip

    await store.run(write)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE admin_log SET kind = 'x'",
        "DELETE FROM admin_log",
        "UPDATE review_acts SET name = 'ben'",
        "DELETE FROM review_acts",
        "INSERT INTO staff SELECT 'usr_2', name, person, role, password_hash, made_at, disabled_at FROM staff",
    ],
)
def test_the_records_of_what_staff_did_cannot_be_written_over(migrated_url: str, statement: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await fill(store)
        with pytest.raises((ConstraintError, StoreDownError)):
            await store.run(lambda unit: unit.connection.exec_driver_sql(statement))

    told(migrated_url, story)


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE admin_log SET by = 'nobody' WHERE n = 2", FaultKind.ALTERED),
        ("DELETE FROM admin_log WHERE n = 2", FaultKind.REMOVED),
        ("DELETE FROM admin_log WHERE n = 3", FaultKind.TRUNCATED),
    ],
)
def test_a_change_made_to_the_log_all_the_same_is_found(tmp_path: Path, statement: str, fault: FaultKind) -> None:
    url = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}"

    async def story(store: Store[SqlUnit]) -> None:
        await fill(store)
        assert find_faults(url, AUDIT_KEY, tmp_path / "none") == []

        def tamper(unit: SqlUnit) -> None:
            for drop in drop_append_only_triggers("sqlite", "admin_log"):
                unit.connection.exec_driver_sql(drop)
            unit.connection.exec_driver_sql(statement)

        await store.run(tamper)

    told(url, story)
    assert fault in {found.kind for found in find_faults(url, AUDIT_KEY, tmp_path / "none")}


def test_a_log_whose_end_was_cut_head_and_all_is_found_by_the_anchors(tmp_path: Path) -> None:
    url, anchors = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}", tmp_path / "anchors.jsonl"

    async def story(store: Store[SqlUnit]) -> None:
        await fill(store)
        grown = await store.read(counted_anew, "", T0)
        write_anchor(anchors, AUDIT_KEY, at=T0, cases=grown.cases, rows=grown.rows, heads=grown.heads)
        assert find_faults(url, AUDIT_KEY, anchors) == []

        def tamper(unit: SqlUnit) -> None:
            for drop in drop_append_only_triggers("sqlite", "admin_log"):
                unit.connection.exec_driver_sql(drop)
            unit.connection.exec_driver_sql("DELETE FROM admin_log WHERE n > 1")
            unit.connection.exec_driver_sql("UPDATE admin_head SET n = 1, mac = (SELECT mac FROM admin_log)")

        await store.run(tamper)

    told(url, story)
    assert find_faults(url, AUDIT_KEY, tmp_path / "none") == [], "the database by itself looks whole"
    assert find_faults(url, AUDIT_KEY, anchors) == [Fault(kind=FaultKind.TRUNCATED, case_id=ADMIN, n=3)]


def test_anchors_from_before_the_log_was_anchored_are_still_good(tmp_path: Path) -> None:
    url, anchors = f"sqlite:///{shutil.copy(migrated_file(), tmp_path / 'wakeup.db')}", tmp_path / "anchors.jsonl"

    async def story(store: Store[SqlUnit]) -> None:
        await fill(store)
        grown = await store.read(counted_anew, "", T0)
        cases_alone = {case_id: head for case_id, head in grown.heads.items() if case_id != ADMIN}
        write_anchor(anchors, AUDIT_KEY, at=T0, cases=1, rows=grown.rows, heads=cases_alone)
        write_anchor(anchors, AUDIT_KEY, at=T0, cases=1, rows=grown.rows, heads=grown.heads)

    told(url, story)
    assert find_faults(url, AUDIT_KEY, anchors) == []
