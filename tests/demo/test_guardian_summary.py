"""The demo's guardian summary is read from the simulators' ledgers."""

from __future__ import annotations

from wakeup.demo.guardian_summary import WHOLE_TALK, Families, families, told

DAUGHTER, SON, CUSTOMER = "+6598881185", "+6598881186", "+6591234501"


def text(to: str) -> dict[str, object]:
    return {"fact": "message_created", "to": to}


def reply(from_: str) -> dict[str, object]:
    return {"fact": "message_inbound", "from_": from_}


def call(sid: str, to: str, keys: int) -> list[dict[str, object]]:
    pressed: dict[str, object] = {"fact": "pressed", "call": sid}
    return [{"fact": "created", "call": sid, "to": to}, *[pressed] * keys]


def decision(transfer: str, reason: str) -> dict[str, object]:
    return {"transfer": transfer, "reason": reason}


def test_each_guardian_counts_once_and_no_customer_counts() -> None:
    texts = [text(DAUGHTER), text(DAUGHTER), text(SON), text(CUSTOMER), reply(DAUGHTER), reply(DAUGHTER), reply("+44")]
    assert families({}, {DAUGHTER, SON}, texts, ()) == Families(asked=2, answered=1)


def test_a_transfer_counts_as_held_by_a_guardian_by_its_newest_decision() -> None:
    decisions = [
        decision("t_1", "guardian_worried"), decision("t_1", "released_by_person"), decision("t_2", "nobody_reached"),
        decision("t_2", "guardian_worried"), decision("t_3", "guardian_worried"),
    ]  # fmt: skip
    phone = [*call("CA1", "+65a", WHOLE_TALK - 1), *call("CA2", "+65a", 1), *call("CA3", "+65b", WHOLE_TALK)]
    found = families({"t_1": "+65b", "t_2": "+65a", "t_3": "+65b"}, (), phone, decisions)
    assert (found.held, found.spoken) == (("t_2", "t_3"), ("t_3",))
    assert told(found).endswith("worried: t_2, t_3* (* though the customer had answered every question).")


def test_a_demo_without_a_worried_guardian_says_so() -> None:
    assert told(Families(asked=2, answered=1)) == (
        "Guardians: 2 asked by text, 1 answered; no decision depended on it this time."
    )
