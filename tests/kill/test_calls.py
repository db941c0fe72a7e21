"""The process dies around a call: posted and unanswered, answered and unheard, ringing, or just spoken to."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.kill.bank import Neighbours, event, house_of, phone
from tests.kill.house import Fact, House, Wanted
from tests.kill.judge import judge


def about(house: House, fact: str, number: str, **more: object) -> Wanted:
    """Facts of calls to this number."""

    def wanted(row: Fact) -> bool:
        if row["fact"] != fact or any(row.get(name) != value for name, value in more.items()):
            return False
        call = house.company.calls.get(row.get("call", ""))
        return row.get("to") == number or (call is not None and call.request.to == number)

    return wanted


async def adopted(house: House, number: str) -> None:
    """The first call to this number gets its first turn: it is known to be ours, and nobody rang a second time."""
    first = about(house, "webhook", number, kind="voice", status=200)
    await house.until(f"a first turn for {number}", lambda: any(map(first, house.company.ledger.facts)))
    posts = [row for row in house.company.ledger.of("post_received") if row["to"] == number]
    assert len(posts) == 1, house.told()


def test_around_a_call(tmp_path: Path) -> None:
    async def story() -> None:
        async with house_of(tmp_path, 10) as house:
            company, ledger = house.company, house.company.ledger
            people = company.people
            assert isinstance(people, Neighbours)

            async def die(n: int, why: str, wanted: Wanted, minutes: float = 20) -> None:
                trap = house.trap(why, ledger, wanted)
                assert (await house.flag(event(house, n, minutes=minutes))).status == 202
                await trap
                await house.revive()

            people.patient |= {phone(n) for n in (1, 2, 3, 5)}
            # The POST came, nothing happens and nothing is answered: the attempt is `sending` and nobody knows.
            company.faults.next_create("stall")
            await die(1, "stalled POST", lambda row: row["fact"] == "create_fault", minutes=30)
            await die(6, "first TwiML fetched", about(house, "webhook", phone(6), kind="voice", status=200))
            # The call exists and is over before anybody is there to hear of it: only asking can find it.
            company.handset(phone(4)).carrier = "busy"
            company.faults.next_create("drop_after_create")
            await die(4, "created, over, never told", about(house, "created", phone(4)), minutes=30)
            company.handset(phone(4)).carrier = "rings"
            # The call exists and has told so; its 201 is still on the way.
            company.faults.next_create("late_201")
            await die(2, "callback before the 201", about(house, "webhook", phone(2), kind="initiated", status=204))
            await adopted(house, phone(2))
            # The call exists; neither a 201 nor a callback ever got through.
            company.faults.next_create("drop_after_create")
            await die(3, "created, never told", about(house, "created", phone(3)))
            await adopted(house, phone(3))
            await die(5, "while ringing", about(house, "ringing", phone(5)))
            await adopted(house, phone(5))
            again = await company.handset(phone(4)).expect_call(within=60 * 15)
            await again.answers()
            for key in ("1", "1", "2"):
                await again.interrupts_with(key)
            await house.decided(within=60)
            figures = await judge(house)
            assert (figures["kills"], figures["late"]) == (6, 0), house.told()
            retold = [row for row in ledger.of("post_received") if row["to"] == phone(1)]
            assert len({row["url"] for row in retold}) == len(retold) > 1, (
                "the lost ringing is made up by a new attempt"
            )

    asyncio.run(story())
