"""No received value is ever repeated, neither in the faults nor in the printed form of an event."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bank.bodies import NOW, accepted, event, raw
from wakeup.bank.faults import Unprocessable
from wakeup.bank.parse import parse_batch, parse_risk_event
from wakeup.bank.responses import problem
from wakeup.bank.translate import flagged_transfer

LEAVES = [
    "event_id",
    "occurred_at",
    "type",
    "customer",
    "customer.id",
    "customer.phone",
    "customer.alternate_phones",
    "customer.name",
    "customer.locale",
    "customer.timezone",
    "customer.birth_year",
    "customer.forwarding",
    "customer.phone_changed_at",
    "transfer.id",
    "transfer.amount",
    "transfer.currency",
    "transfer.payee",
    "transfer.payee.account",
    "transfer.decide_by",
    "transfer.hold_max",
    "risk.tier",
    "risk.score",
    "risk.typology",
    "risk.signals",
    "guardians",
    "guardians.0.id",
    "guardians.0.phone",
    "guardians.0.relation",
]
# Long and odd enough not to occur in one of our own sentences by chance.
telling = st.one_of(
    st.text(st.characters(codec="utf-8", categories=("Lo", "Nd", "Cc", "So", "Ll")), min_size=9, max_size=200),
    st.from_regex(r"\+?[0-9]{9,20}", fullmatch=True),
    st.from_regex(r"[a-z]{9,80}", fullmatch=True),
)


def _shapes(value: str) -> st.SearchStrategy[Any]:
    return st.sampled_from([value, [value], {value: value}, {"phone": value}, [{value: 1}], {"id": [value]}])


@settings(max_examples=150, deadline=None)
@given(path=st.sampled_from(LEAVES), value=telling, data=st.data())
def test_no_refusal_repeats_a_value_or_a_key(path: str, value: str, data: st.DataObject) -> None:
    spoiled = raw(event({path: data.draw(_shapes(value)), "risk.score": 7}))
    try:
        parse_risk_event(spoiled, now=NOW)
    except Unprocessable as refusal:
        told = problem(422, faults=refusal.faults).model_dump_json() + str(refusal) + repr(refusal)
        assert value not in told
        assert value.encode("unicode_escape").decode() not in told
    else:
        raise AssertionError("a score of 7 was accepted")


@settings(max_examples=100, deadline=None)
@given(body=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_no_body_raises_anything_but_a_refusal(body: bytes) -> None:
    for parse in (parse_risk_event, parse_batch):
        try:
            parse(body, now=NOW)
        except Unprocessable as refusal:
            assert refusal.faults  # noqa: PT017  # other errors must fly on


def test_printed_events_show_ids_only() -> None:
    parsed = accepted({"customer.alternate_phones": ["+6581112222"]})
    printed = repr(parsed) + repr(flagged_transfer(parsed, client="BANK")) + repr(parsed.body.customer)
    for private in ("91234567", "81112222", "81234567", "陈", "Sunrise", "001-234567-8"):
        assert private not in printed
    assert "evt_20261122_0001" in printed
