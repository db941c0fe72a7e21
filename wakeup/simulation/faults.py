"""The schedule of faults: what goes wrong and when, made from the seed alone before anything runs. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Group(StrEnum):
    """Groups of faults, as named by `--faults`."""

    PHONE = "phone"
    """The phone company's REST API: refusals, stalls, answers that never come."""
    CALLBACKS = "callbacks"
    """Its webhooks: lost, late, doubled, reordered; its answering-machine detector judges wrongly."""
    CARRIER = "carrier"
    """The account is suspended, or the phone company does not accept connections."""
    CORE = "core"
    """The payment core."""
    NETWORK = "network"
    """Slow connections; a load balancer that has not noticed yet that a node is dead."""
    DATABASE = "database"
    """Busy, full, slow, commits that fail and commits whose result is unknown."""
    CRASHES = "crashes"
    """A node dies at one of its awaits or commits."""
    SKEW = "skew"
    """Each node's clock is wrong by its own amount."""


ALL = frozenset(Group)

SPELLS: dict[Group, dict[str, tuple[float, float]]] = {
    Group.PHONE: {
        "create_429": (0.1, 0.6),
        "create_500": (0.05, 0.4),
        "create_503": (0.05, 0.4),
        "create_500_after_create": (0.05, 0.4),
        "create_stall": (0.02, 0.2),
        "create_stall_after_create": (0.02, 0.2),
        "create_drop_after_create": (0.05, 0.5),
        "create_refuse": (0.05, 0.5),
        "create_garbage_201": (0.05, 0.5),
        "create_late_201": (0.1, 0.9),
        "message_429": (0.1, 0.6),
        "message_500_after_create": (0.05, 0.5),
        "message_drop_after_create": (0.05, 0.5),
        "message_refuse": (0.05, 0.5),
        "list_lag": (5.0, 60.0),
    },
    Group.CALLBACKS: {
        "callback_lost": (0.05, 0.9),
        "callback_late": (0.05, 0.6),
        "callback_doubled": (0.1, 0.9),
        "callback_reordered": (0.1, 0.9),
        "wrong_verdicts": (0.1, 0.9),
    },
    Group.CARRIER: {"suspended": (1.0, 1.0), "unreachable": (1.0, 1.0)},
    Group.CORE: {
        "500": (0.1, 0.9),
        "500_after_accept": (0.1, 0.9),
        "stall": (0.05, 0.5),
        "drop": (0.1, 0.9),
        "drop_after_accept": (0.1, 0.9),
        "429": (0.1, 0.9),
    },
    Group.NETWORK: {"slow": (0.05, 0.8), "stale_balancer": (1.0, 1.0)},
    Group.DATABASE: {
        "busy": (0.02, 0.3),
        "full": (0.02, 0.3),
        "broken": (0.02, 0.3),
        "commit_fails": (0.02, 0.3),
        "commit_unknown": (0.02, 0.3),
        "slow": (0.2, 7.0),
    },
}
"""Group → kind → least and greatest strength: a chance from 0 to 1; for list_lag and slow, seconds."""

SPELL_S = (10.0, 120.0)
SHORT = frozenset({"suspended", "unreachable", "stall", "busy", "full", "broken", "commit_fails", "commit_unknown"})
SHORT_SPELL_S = (2.0, 25.0)
BETWEEN_S = 500.0
"""Average time between two spells of one kind."""
MAX_SKEW_S = 0.4
LIFE_S = 240.0
"""Average time in seconds until a node dies."""
DOWN_S = (0.3, 25.0)
MAX_STEPS = 400
MAX_COMMITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time span in which one thing goes wrong, as often or as badly as `strength` says. Times are seconds since
    the beginning."""

    group: Group
    kind: str
    begins: float
    ends: float
    strength: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """The death of a node: once it is `after_s` old, it dies at the given step or at the given commit."""

    after_s: float
    step: int = 0
    commit: int = 0
    committed: bool = False
    """True if that commit still takes effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFaults:
    """One process of a node: its clock error, its death, and the time until the next start."""

    skew_s: float
    death: Death | None
    down_s: float
    """Seconds from the death to the next start."""


def spells(seed: int, groups: frozenset[Group], until: float) -> list[Spell]:
    """Return all spells that begin before `until`, by time."""
    return sorted(_spells(seed, groups, until), key=lambda spell: (spell.begins, spell.group, spell.kind))


def _spells(seed: int, groups: frozenset[Group], until: float) -> Iterator[Spell]:
    for group, kinds in SPELLS.items():
        for kind, (least, most) in kinds.items():
            # Each kind has its own random generator, so that leaving one out does not move the others.
            dice = random.Random(f"spell-{seed}-{group}-{kind}")  # noqa: S311
            at = dice.expovariate(1 / BETWEEN_S)
            while group in groups and at < until:
                length = dice.uniform(*(SHORT_SPELL_S if kind in SHORT else SPELL_S))
                strength = dice.uniform(least, most)
                yield Spell(group=group, kind=kind, begins=at, ends=min(at + length, until), strength=strength)
                at += length + dice.expovariate(1 / BETWEEN_S)


def process_faults(seed: int, groups: frozenset[Group], node: int, life: int) -> ProcessFaults:
    """Return what befalls the `life`-th process of a node."""
    dice = random.Random(f"fate-{seed}-{node}-{life}")  # noqa: S311
    skew = dice.uniform(-MAX_SKEW_S, MAX_SKEW_S)
    death = _death(dice)
    return ProcessFaults(
        skew_s=skew if Group.SKEW in groups else 0.0,
        death=death if Group.CRASHES in groups else None,
        down_s=dice.uniform(*DOWN_S),
    )


def _death(dice: random.Random) -> Death:
    after = dice.expovariate(1 / LIFE_S)
    if dice.random() < 0.5:
        return Death(after_s=after, step=dice.randint(1, MAX_STEPS))
    return Death(after_s=after, commit=dice.randint(1, MAX_COMMITS), committed=dice.random() < 0.5)
