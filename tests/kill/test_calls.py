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


def posts(house: House, number: str) -> int:
    return sum(row["to"] == number for row in house.company.ledger.of("post_received"))


def test_around_a_call(tmp_path: Path) -> None:
    async def story() -> None:
        async with house_of(tmp_path, 15) as house:
            company, ledger = house.company, house.company.ledger
            people = company.people
            assert isinstance(people, Neighbours)

            async def die(n: int, why: str, wanted: Wanted, minutes: float = 20) -> None:
                trap = house.trap(why, ledger, wanted)
                assert (await house.flag(event(house, n, minutes=minutes))).status == 202
                await trap
                await house.revive()

            people.patient |= {phone(n) for n in range(1, 7)}
            # The POST came, nothing happens and nothing is answered: the attempt is `sending` and nobody knows.
            company.faults.next_create("stall")
            await die(1, "stalled POST", lambda row: row["fact"] == "create_fault", minutes=30)
            # The call exists and has told so; its 201 is still on the way.
            company.faults.next_create("late_201")
            await die(2, "callback before the 201", about(house, "webhook", phone(2), kind="initiated", status=204))
            # The call exists; neither a 201 nor a callback ever got through.
            company.faults.next_create("drop_after_create")
            await die(3, "created, never told", about(house, "created", phone(3)))
            # The same, and it is over before anybody is there to hear: only asking can find it.
            company.handset(phone(4)).carrier = "busy"
            company.faults.next_create("drop_after_create")
            await die(4, "created, over, never told", about(house, "created", phone(4)), minutes=30)
            company.handset(phone(4)).carrier = "rings"
            await die(5, "while ringing", about(house, "ringing", phone(5)))
            people.patient.discard(phone(6))
            await die(6, "first TwiML fetched", about(house, "webhook", phone(6), kind="voice", status=200))
            again = await company.handset(phone(4)).expect_call(within=60 * 15)
            await again.rejects()
            await house.decided(within=70)
            for n in (2, 3, 5):
                assert posts(house, phone(n)) == 1, house.told()
                assert len([c for c in company.calls.values() if c.request.to == phone(n)]) == 1
            print(await judge(house))

    asyncio.run(story())
