"""The schedule of faults: made from a seed alone, and each kind with a random generator of its own."""

from __future__ import annotations

from wakeup.simulation.faults import ALL, DOWN_S, MAX_SKEW_S, SPELLS, Group, process_faults, spells

UNTIL = 3600.0


def test_the_same_seed_makes_the_same_schedule_and_another_seed_another() -> None:
    assert spells(7, ALL, UNTIL) == spells(7, ALL, UNTIL)
    assert spells(7, ALL, UNTIL) != spells(8, ALL, UNTIL)
    assert process_faults(7, ALL, 1, 2) == process_faults(7, ALL, 1, 2)
    assert process_faults(7, ALL, 1, 2) != process_faults(7, ALL, 1, 3)


def test_spells_come_in_order_within_the_day_and_within_their_strengths() -> None:
    plan = [spell for seed in range(20) for spell in spells(seed, ALL, UNTIL)]
    assert {(spell.group, spell.kind) for spell in plan} == {(g, kind) for g, kinds in SPELLS.items() for kind in kinds}
    for spell in plan:
        least, most = SPELLS[spell.group][spell.kind]
        assert 0 <= spell.begins < spell.ends <= UNTIL
        assert least <= spell.strength <= most
    begins = [spell.begins for spell in spells(3, ALL, UNTIL)]
    assert begins == sorted(begins)


def test_spells_of_one_kind_do_not_overlap() -> None:
    for seed in range(20):
        until: dict[tuple[Group, str], float] = {}
        for spell in spells(seed, ALL, UNTIL):
            assert until.get((spell.group, spell.kind), 0.0) <= spell.begins
            until[spell.group, spell.kind] = spell.ends


def test_leaving_one_group_out_does_not_move_the_others() -> None:
    without = ALL - {Group.CORE}
    assert spells(7, without, UNTIL) == [spell for spell in spells(7, ALL, UNTIL) if spell.group is not Group.CORE]
    calm = process_faults(7, frozenset(), 0, 0)
    assert (calm.skew_s, calm.death) == (0.0, None)
    assert process_faults(7, frozenset({Group.CRASHES}), 0, 0).death == process_faults(7, ALL, 0, 0).death


def test_lives_end_at_steps_and_at_commits_that_count_or_do_not() -> None:
    fates = [process_faults(seed, ALL, node, life) for seed in range(10) for node in range(3) for life in range(5)]
    deaths = [one.death for one in fates if one.death is not None]
    assert len(deaths) == len(fates)
    assert {(death.step > 0, death.commit > 0, death.committed) for death in deaths} == {
        (True, False, False), (False, True, True), (False, True, False),
    }  # fmt: skip
    assert all(abs(one.skew_s) <= MAX_SKEW_S and DOWN_S[0] <= one.down_s <= DOWN_S[1] for one in fates)
