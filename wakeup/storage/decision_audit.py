"""Compare the decisions with the timeline, whose rows carry a MAC: what the payment core, the feed and the console show
is what was decided."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from wakeup.domain.decision import Ruling
from wakeup.storage.chain import ChainRow, Fault, FaultKind
from wakeup.storage.mapping import table_of
from wakeup.storage.tables import DecisionRow, TransferRow

DECIDED = "decided"
"""The kind of the timeline row that each decision but the standing hold has."""
_d, _t = table_of(DecisionRow), table_of(TransferRow)


def keep_decided(rows: Iterable[ChainRow], noted: dict[str, ChainRow]) -> Iterator[ChainRow]:
    """Pass the rows on, and keep those of decisions by the decision's id."""
    for row in rows:
        if row.kind == DECIDED:
            noted[_facts(row).get("decision", "")] = row
        yield row


def verify_decisions(connection: Connection, cases: Collection[str], noted: Mapping[str, ChainRow]) -> Iterator[Fault]:
    """Yield a fault for each decision of these cases that is not what the timeline says, is not in it, or is gone."""
    found = select(_d).join(_t, _t.c.id == _d.c.transfer_id).where(_t.c.case_id.in_(cases)).order_by(_d.c.id)
    left = dict(noted)
    for decision in connection.execute(found):
        row = left.pop(decision.id, None)
        if not (_is_standing(decision) if row is None else _is_as_noted(decision, row)):
            yield Fault(kind=FaultKind.DECISION_ALTERED, case_id=decision.case_id, n=row.n if row else None)
    for row in left.values():
        yield Fault(kind=FaultKind.DECISION_ALTERED, case_id=row.case_id, n=row.n)


def _is_standing(decision: Row[Any]) -> bool:
    return (decision.sequence, decision.ruling, decision.reason) == (1, Ruling.HOLD, "standing")


def _is_as_noted(decision: Row[Any], row: ChainRow) -> bool:
    told = _facts(row)
    noted = (
        row.case_id, told.get("decided_at", row.at.isoformat()), row.by, told.get("transfer"), told.get("sequence"),
        told.get("ruling"), told.get("reason"), told.get("policy"), told.get("rests_on"), told.get("effects"),
    )  # fmt: skip
    return noted == (
        decision.case_id, decision.decided_at.isoformat(), decision.decided_by, decision.transfer_id, decision.sequence,
        decision.ruling, decision.reason, decision.policy_version, json.loads(decision.rests_on),
        json.loads(decision.effects),
    )  # fmt: skip


def _facts(row: ChainRow) -> dict[str, Any]:
    """Return the data of a row; nothing if it is no JSON object any more, which the chain tells."""
    try:
        facts = json.loads(row.data)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
