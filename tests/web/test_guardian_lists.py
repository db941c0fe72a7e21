"""Guardians of a customer over HTTP: signed lists in, states out, never a number."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.bank.bodies import event
from tests.web.world import BANK_KEY, LABEL_KEY, LABEL_SECRET, START, Caller, Heard, World, play
from wakeup.bank.responses import Enrolled, GuardianList
from wakeup.domain.guardian import GuardianState
from wakeup.usecases.guardians.enrol_guardians import put_guardians, replace_guardians
from wakeup.web.api.guardians import _listed

PATH = "/v1/users/u_1/guardians"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "type": "guardians", "event_id": "e_1", "user_id": "u_1", "user_name": "陈美玲", "timezone": "Asia/Singapore",
        "occurred_at": "2026-11-22T09:29:00Z", "guardians": event()["guardians"], **changes,
    }  # fmt: skip


async def put(bank: Caller, content: Any, **how: Any) -> Heard:
    raw, headers = bank.signed_message(content, **how)
    return await bank.ask("PUT", PATH, data=raw, headers=headers)


def test_a_list_is_put_and_each_is_told_what_became_of_it() -> None:
    world = World()
    world.store.will(replace_guardians, {"g_7": "waits"})

    async def story(bank: Caller) -> None:
        heard = await put(bank, body())
        assert (heard.status, heard.json["guardians"]) == (200, {"g_7": "waits"})

    [ran] = play(story, world).store.ran
    _, wanted, now = ran.args
    [entry] = wanted.wanted
    assert (wanted.event_id, wanted.customer_id, entry.id) == ("e_1", "u_1", "g_7")
    assert (entry.zone, entry.ward) == ("Asia/Singapore", "陈*玲")
    assert now >= START


def test_a_guardian_who_gets_no_texts_is_warned_about() -> None:
    """A missing date is valid, but the guardian would never be asked."""
    world = World()
    world.store.will(replace_guardians, {"g_7": "applied"})

    async def story(bank: Caller) -> None:
        for agreed, fields in ((None, ["guardians[0].consented_at"]), ("2026-03-01T08:00:00Z", [])):
            heard = await put(bank, body(guardians=[{**event()["guardians"][0], "consented_at": agreed}]))
            assert heard.status == 200
            assert [warned["field"] for warned in heard.json["warnings"]] == fields

    play(story, world)


@pytest.mark.parametrize(
    ("content", "status", "field"),
    [
        (body(user_id="u_2"), 422, "user_id"),
        (body(guardians=event()["guardians"] * 2), 422, "guardians"),
        (body(guardians=[{**event()["guardians"][0], "birth_year": 1800}]), 422, "guardians[0].birth_year"),
        (body(guardians=[{**event()["guardians"][0], "linked": "yes"}]), 422, "guardians[0].linked"),
        (body(timezone="Mars/Base"), 422, "timezone"),
        # An unknown key is not repeated in the answer, because it might contain anything.
        (body(secret="x"), 422, ""),
    ],
)
def test_a_faulty_list_of_guardians_is_refused_with_the_field(content: dict[str, Any], status: int, field: str) -> None:
    async def story(bank: Caller) -> None:
        heard = await put(bank, content)
        assert heard.status == status
        assert field in heard.faults()
        assert event()["guardians"][0]["phone"] not in heard.text

    assert play(story).store.ran == []


def test_a_list_of_guardians_needs_a_client_with_the_scope() -> None:
    async def story(bank: Caller) -> None:
        assert (await put(bank, body(), secret=LABEL_SECRET)).status == 403
        assert (await bank.get(PATH, key=LABEL_KEY)).status == 403
        assert (await bank.get(PATH, key=None)).status == 401
        assert (await bank.ask("DELETE", PATH)).status == 401

    assert play(story).store.ran == []


@pytest.mark.parametrize(("method", "known"), [("GET", "none is known"), ("DELETE", "known are occurred_at")])
def test_a_question_with_more_words_than_there_are_is_refused(method: str, known: str) -> None:
    """A client that sends `DELETE …?guardian=g_7` means one guardian, and not all of them."""

    async def story(bank: Caller) -> None:
        heard = await bank.ask(method, f"{PATH}?guardian=g_7", headers={"Authorization": f"Bearer {BANK_KEY}"})
        assert (heard.status, heard.faults()) == (422, {"": f"has an unknown query parameter; {known}"})

    assert play(story).store.ran == []


def test_the_list_shows_states_and_no_numbers() -> None:
    world = World()
    shown = Enrolled(
        id="g_7",
        rank=1,
        state=GuardianState.CONFIRMED,
        enrolled_at=START,
        number_since=START,
        confirmed_at=START,
        consented_at=START,
        waits=True,
    )
    world.store.will(_listed, GuardianList(user_id="u_1", guardians=(shown,)))

    async def story(bank: Caller) -> None:
        heard = await bank.get(PATH)
        [one] = heard.json["guardians"]
        assert (one["id"], one["state"], one["waits"]) == ("g_7", "confirmed", True)
        assert one["consented_at"] == one["confirmed_at"]
        assert not {"phone", "name", "relation"} & one.keys()

    play(story, world)


def test_a_deleted_list_takes_all_guardians_away() -> None:
    world = World()
    world.store.will(put_guardians, {"g_7": "applied"})

    async def story(bank: Caller) -> None:
        heard = await bank.ask("DELETE", PATH, headers={"Authorization": f"Bearer {BANK_KEY}"})
        assert heard.json == {"user_id": "u_1", "guardians": {"g_7": "applied"}, "warnings": []}

    [ran] = play(story, world).store.ran
    assert ran.args[:2] == ("u_1", ())
    assert ran.args[3] is None


def test_a_removal_says_when_the_bank_made_it() -> None:
    world = World()
    world.store.will(put_guardians, {})

    async def story(bank: Caller) -> None:
        at = "2026-11-22T17:29:00%2B08:00"
        heard = await bank.ask("DELETE", f"{PATH}?occurred_at={at}", headers={"Authorization": f"Bearer {BANK_KEY}"})
        assert heard.status == 200

    [ran] = play(story, world).store.ran
    assert ran.args[3] == datetime(2026, 11, 22, 9, 29, tzinfo=UTC)


@pytest.mark.parametrize(
    "at", ["2026-11-22", "2026-11-22T09:29:00", "2026-11-22T17:29:00Z", "2026-11-22T17:29:00+08:00"]
)
def test_a_removal_at_no_time_or_in_the_future_is_refused(at: str) -> None:
    """A plus that is not encoded is a blank."""

    async def story(bank: Caller) -> None:
        heard = await bank.ask("DELETE", f"{PATH}?occurred_at={at}", headers={"Authorization": f"Bearer {BANK_KEY}"})
        assert (heard.status, list(heard.faults())) == (422, ["occurred_at"])

    assert play(story).store.ran == []
