"""Generated traffic: complete events, valid numbers, and the same for the same seed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import median

import phonenumbers

from wakeup.simulator.profiles import MAGIC
from wakeup.simulator.stories import (
    ASKS_FOR_A_PERSON,
    FAMILY_EVERY,
    FAMILY_FIRST,
    HONEST_EVERY,
    HONEST_FIRST,
    PERSON_EVERY,
)
from wakeup.simulator.traffic import Event, generate, magic

START = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def _events(cases: int = 500, seed: int = 7) -> list[Event]:
    return list(generate(cases, seed, START, 3600))


def test_the_same_seed_makes_the_same_day_and_another_seed_another() -> None:
    assert _events() == _events()
    assert _events() != _events(seed=8)


def test_cases_are_customers_and_some_events_repeat_unchanged() -> None:
    events = _events()
    assert len({one["customer"]["id"] for one in events}) == 500
    by_id: dict[str, Event] = {}
    for one in events:
        assert by_id.setdefault(one["event_id"], one) == one
    assert 500 < len(by_id) < len(events)
    transfers = {one["transfer"]["id"] for one in events}
    assert len(transfers) == len(by_id)


def test_numbers_are_valid_mobiles_and_say_who_answers() -> None:
    events = _events()
    phones = {one["customer"]["phone"] for one in events}
    assert len(phones) == 500
    for phone in phones | {g["phone"] for one in events for g in one["guardians"]}:
        parsed = phonenumbers.parse(phone)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE
        assert phone[-2:] in MAGIC
    assert all(one["customer"]["phone"].startswith("+65") for one in events if one["customer"]["locale"] == "zh-CN")


def test_windows_amounts_and_times_are_within_their_limits() -> None:
    seen: set[str] = set()
    last = START
    for one in _events():
        transfer, begun = one["transfer"], datetime.fromisoformat(one["occurred_at"])
        window = datetime.fromisoformat(transfer["decide_by"]) - begun
        assert timedelta(minutes=3) <= window <= timedelta(minutes=40, seconds=1)
        hold = datetime.fromisoformat(transfer["hold_max"]) - begun
        assert timedelta(days=2) <= hold <= timedelta(days=4, seconds=1)
        assert re.fullmatch(r"\d{1,13}(\.\d{1,3})?", transfer["amount"])
        assert datetime.fromisoformat(transfer["created_at"]) <= begun
        if one["event_id"] not in seen:
            assert begun >= last - timedelta(milliseconds=1)
            last = begun
        seen.add(one["event_id"])


def test_amounts_follow_the_typology() -> None:
    events = _events(2000)
    amounts: dict[str, list[Decimal]] = {}
    for one in events:
        amounts.setdefault(one["risk"]["typology"], []).append(Decimal(one["transfer"]["amount"]))
    assert len(amounts) >= 17
    assert median(amounts["police_imp"]) > 3 * median(amounts["task_rebate"])
    assert {one["risk"]["tier"] for one in events} == {"critical", "high", "medium"}


def test_a_test_may_choose_who_answers() -> None:
    events = generate(10, 1, START, 60, suffixes=(magic("heeds"), magic("voicemail")), repeats=0)
    suffixes = {one["customer"]["id"]: one["customer"]["phone"][-2:] for one in events}
    assert list(suffixes.values()) == ["50", "67"] * 5


def test_stories_leave_all_other_cases_as_they_were() -> None:
    plain, told = (list(generate(96, 7, START, 400, stories=stories)) for stories in (False, True))
    assert [one["event_id"] for one in plain] == [one["event_id"] for one in told]
    changed = {one["customer"]["id"][-6:]: one for one, as_it_was in zip(told, plain, strict=True) if one != as_it_was}
    families, honest = range(FAMILY_FIRST, 96, FAMILY_EVERY), range(HONEST_FIRST, 96, HONEST_EVERY)
    asking = [n for n in range(96) if n % PERSON_EVERY in (1, 2, 3)]
    assert sorted(int(index) for index in changed) == sorted([*families, *honest, *asking])
    profiles = {n: MAGIC[changed[f"{n:06d}"]["customer"]["phone"][-2:]].name for n in map(int, changed)}
    assert {profiles[n] for n in asking} == {MAGIC[ASKS_FOR_A_PERSON].name}
    assert {profiles[n] for n in honest} == {"insists"} and {profiles[n] for n in families} == {
        "reached_late_and_insists"
    }
    for n in families:
        [guardian] = changed[f"{n:06d}"]["guardians"]
        assert MAGIC[guardian["phone"][-2:]].name == "guardian_at_once"
    assert {changed[f"{n:06d}"]["risk"]["tier"] for n in (*families, *honest)} == {"medium"}
