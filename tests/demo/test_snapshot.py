"""The demo's figures about guardians are read from the payment core's ledger."""

from __future__ import annotations

from wakeup.demo.ledgers import Snapshot


def test_only_the_newest_decision_of_a_transfer_counts() -> None:
    facts = [
        {"transfer": "t_1", "reason": "guardian_worried"},
        {"transfer": "t_1", "reason": "released_by_person"},
        {"transfer": "t_2", "reason": "nobody_reached"},
        {"transfer": "t_2", "reason": "guardian_worried"},
        {"transfer": "t_3"},
    ]
    assert Snapshot(transfers=facts).held_for_guardians == 1
