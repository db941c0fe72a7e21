"""What the demo says of guardians at its end is read from the others' own books."""

from __future__ import annotations

from wakeup.runtime.demo.families import Families, families, told

DAUGHTER, SON, CUSTOMER = "+6598881185", "+6598881186", "+6591234501"


def text(to: str) -> dict[str, object]:
    return {"fact": "message_created", "to": to}


def reply(from_: str) -> dict[str, object]:
    return {"fact": "message_inbound", "from_": from_}


def decision(transfer: str, reason: str, rests_on: int = 1) -> dict[str, object]:
    return {"transfer": transfer, "reason": reason, "rests_on": rests_on}


def test_each_guardian_counts_once_and_nobody_else_counts() -> None:
    texts = [text(DAUGHTER), text(DAUGHTER), text(SON), text(CUSTOMER), reply(DAUGHTER), reply(DAUGHTER), reply("+44")]
    assert families({DAUGHTER, SON}, texts, ()) == Families(asked=2, answered=1)


def test_what_turned_on_a_guardian_is_named_by_its_newest_decision() -> None:
    decisions = [
        decision("t_1", "guardian_worried"), decision("t_1", "released_by_person"), decision("t_2", "nobody_reached"),
        decision("t_2", "guardian_worried"), decision("t_3", "cooling"), decision("t_3", "guardian_worried", 2),
    ]  # fmt: skip
    found = families((), (), decisions)
    assert (found.held, found.against) == (("t_2", "t_3"), ("t_3",))
    assert told(found).endswith("worried: t_2, t_3 (against the customer's own word).")


def test_a_demo_in_which_nobody_was_worried_says_so() -> None:
    assert told(Families(asked=2, answered=1)) == (
        "Guardians: 2 asked by text, 1 answered; nothing turned on it this time."
    )
