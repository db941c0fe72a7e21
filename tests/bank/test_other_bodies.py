"""Batches, news of transfers, labels and guardians."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.bank.bodies import NOW, accepted, event, raw
from wakeup.bank.faults import Unprocessable
from wakeup.bank.parse import (
    Parsed,
    expect_same,
    parse_batch,
    parse_guardians,
    parse_label,
    parse_transfer_event,
)
from wakeup.bank.translate import flagged_transfer, guardians, label, transfer_event
from wakeup.usecases.inputs import TransferNews

NEWS = {"type": "cancelled_in_app", "event_id": "e1", "transfer_id": "t1", "occurred_at": "2026-11-22T09:30:00Z"}
EXTENDED = {**NEWS, "type": "window_extended", "decide_by": "2026-11-22T11:00:00Z"}
LABEL = {**NEWS, "type": "label", "label": "scam", "recovered": "0.00"}
GUARDIANS = {
    "type": "guardians",
    "event_id": "e1",
    "user_id": "u1",
    "occurred_at": "2026-11-22T09:30:00Z",
    "guardians": event()["guardians"],
}


def refused(parse: Callable[..., Any], content: Any) -> dict[str, str]:
    with pytest.raises(Unprocessable) as caught:
        parse(raw(content), now=NOW)
    return {fault.field: fault.reason for fault in caught.value.faults}


def test_a_faulty_event_of_a_batch_refuses_only_itself() -> None:
    first, second, third = parse_batch(raw({"events": [event(), event({"transfer.amount": "x"}), 5]}), now=NOW)

    assert isinstance(first, Parsed)
    assert isinstance(second, Unprocessable)
    assert isinstance(third, Unprocessable)
    assert [fault.field for fault in second.faults] == ["transfer.amount"]
    assert [fault.reason for fault in third.faults] == ["must be an object"]


def test_an_event_has_the_same_hash_alone_and_in_a_batch() -> None:
    (only,) = parse_batch(raw({"events": [event()]}), now=NOW)
    (other,) = parse_batch(raw({"events": [dict(reversed(event().items()))]}), now=NOW)
    assert isinstance(only, Parsed)
    assert isinstance(other, Parsed)
    assert only.content_hash == other.content_hash


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"events": []}, "events"),
        ({"events": [{}] * 1001}, "events"),
        ({"events": {}}, "events"),
        ({}, "events"),
        ({"events": [event()], "more": 1}, ""),
    ],
)
def test_a_batch_of_no_or_too_many_events_is_refused_whole(content: Any, field: str) -> None:
    assert list(refused(parse_batch, content)) == [field]


def test_a_thousand_events_are_taken() -> None:
    assert len(parse_batch(raw({"events": [{}] * 1000}), now=NOW)) == 1000


@pytest.mark.parametrize("kind", ["cancelled_in_app", "confirmed_in_app", "released", "contested"])
def test_a_transfer_event_becomes_news_of_its_kind(kind: str) -> None:
    news = transfer_event(parse_transfer_event(raw({**NEWS, "type": kind}), now=NOW))
    assert (news.kind, news.transfer_id, news.decide_by) == (TransferNews(kind), "t1", None)


def test_an_extended_window_names_its_new_end() -> None:
    news = transfer_event(parse_transfer_event(raw(EXTENDED), now=NOW))
    assert news.kind is TransferNews.WINDOW_EXTENDED
    assert news.decide_by is not None
    assert refused(parse_transfer_event, {**NEWS, "type": "window_extended"}) == {"decide_by": "is missing"}
    early = {**EXTENDED, "hold_max": "2026-11-22T10:59:59Z"}
    assert refused(parse_transfer_event, early) == {"hold_max": "is before decide_by"}


def test_other_news_may_not_smuggle_a_window_in() -> None:
    smuggled = {**EXTENDED, "type": "cancelled_in_app"}
    assert refused(parse_transfer_event, smuggled) == {"decide_by": "is allowed only with window_extended"}


@pytest.mark.parametrize("parse", [parse_transfer_event, parse_label])
def test_one_kind_of_body_never_passes_for_another(parse: Callable[..., Any]) -> None:
    assert refused(parse, event())
    assert refused(parse, GUARDIANS)


@pytest.mark.parametrize(
    ("parse", "content"), [(parse_transfer_event, NEWS), (parse_label, LABEL), (parse_guardians, GUARDIANS)]
)
def test_a_message_from_the_future_is_refused(parse: Callable[..., Any], content: dict[str, Any]) -> None:
    ahead = {**content, "occurred_at": "2026-11-22T09:40:00Z"}
    assert refused(parse, ahead) == {"occurred_at": "is more than 5 minutes in the future"}


def test_a_label_tells_the_truth_and_what_came_back() -> None:
    told = label(parse_label(raw({**LABEL, "recovered": "120.50"}), now=NOW))
    assert (told.label, str(told.recovered), told.transfer_id) == ("scam", "120.50", "t1")
    assert refused(parse_label, {**LABEL, "label": "maybe"}) == {"label": "must be 'scam' or 'genuine'"}
    assert "recovered" in refused(parse_label, {**LABEL, "recovered": "-1"})


def test_guardians_are_replaced_as_a_list() -> None:
    parsed = parse_guardians(raw(GUARDIANS), now=NOW)
    [entry] = guardians(parsed, NOW).wanted
    assert (entry.id, entry.rank, entry.minor) == ("g_7", 1, False)
    assert guardians(parse_guardians(raw({**GUARDIANS, "guardians": []}), now=NOW), NOW).wanted == ()
    young = {**event()["guardians"][0], "birth_year": NOW.year - 18}
    [minor] = guardians(parse_guardians(raw({**GUARDIANS, "guardians": [young]}), now=NOW), NOW).wanted
    assert minor.minor, "who may still be under age this year is taken for it"
    odd = parse_guardians(raw({**GUARDIANS, "guardians": [{**event()["guardians"][0], "locale": "EN"}]}), now=NOW)
    assert [warning.field for warning in odd.warnings] == ["guardians[0].locale"]
    assert [entry.locale for entry in guardians(odd, NOW).wanted] == ["en"]
    lost = parse_guardians(
        raw({**GUARDIANS, "guardians": [{**event()["guardians"][0], "phone": "+999123456"}]}), now=NOW
    )
    assert [warning.field for warning in lost.warnings] == ["guardians[0].phone"]
    assert guardians(lost, NOW).wanted == (), "a number that cannot be is not kept"


@pytest.mark.parametrize("field", ["consented_at", "confirmed_at"])
def test_a_list_with_a_consent_from_the_future_is_refused(field: str) -> None:
    """A bank that writes local time with a Z. The time would stay in the consent history for good, and outdo whatever
    the guardian says until then."""
    lin = event()["guardians"][0]
    ahead = {**GUARDIANS, "guardians": [lin, {**lin, "id": "g_8", field: "2026-11-22T17:30:00Z"}]}
    assert refused(parse_guardians, ahead) == {f"guardians[1].{field}": "is more than 5 minutes in the future"}
    close = {**GUARDIANS, "guardians": [{**lin, field: "2026-11-22T09:34:00Z"}]}
    assert parse_guardians(raw(close), now=NOW).warnings == ()


IN_WORDS = "by phone from +65 8123 7701"


def test_of_a_consent_only_codes_are_stored_and_a_guardian_in_words_is_taken_all_the_same() -> None:
    lin = {"id": "g_1", "name": "Lin", "phone": "+6598765432", "locale": "en", "consented_at": event()["occurred_at"]}
    coded = {"consent_channel": "branch-12", "consent_wording": "guardian/terms:3.1"}
    told = {"confirmed_channel": IN_WORDS, "confirmed_wording": "sms-6581237701"}
    parsed = parse_guardians(raw(GUARDIANS | {"guardians": [lin | coded | told]}), now=NOW)
    assert [warning.field for warning in parsed.warnings] == [f"guardians[0].{field}" for field in told]
    [entry] = guardians(parsed, NOW).wanted
    assert (entry.agreed_channel, entry.agreed_wording) == tuple(coded.values())
    assert (entry.confirmed_channel, entry.confirmed_wording) == ("", "")
    assert not any(part in str(parsed.warnings) for part in told.values())


@pytest.mark.parametrize("model", ["fraud-v7.2:2026-11-22", "0c7b9a12-1234567890ab", "Modell/20261122", ""])
def test_the_id_of_a_model_is_stored(model: str) -> None:
    parsed = accepted({"risk.model": model})
    assert (flagged_transfer(parsed, client="BANK").model, parsed.warnings) == (model, ())


@pytest.mark.parametrize("model", ["score of Mei Ling", "模型", IN_WORDS, "acc-123456789"])
def test_a_model_in_words_is_left_out_and_costs_no_call(model: str) -> None:
    parsed = accepted({"risk.model": model})
    assert [warning.field for warning in parsed.warnings] == ["risk.model"]
    assert flagged_transfer(parsed, client="BANK").model == ""


def test_a_body_speaks_about_the_thing_in_its_path() -> None:
    expect_same("transfer_id", "t1", "t1")
    with pytest.raises(Unprocessable) as caught:
        expect_same("transfer_id", "t1", "t2")
    assert [fault.field for fault in caught.value.faults] == ["transfer_id"]
