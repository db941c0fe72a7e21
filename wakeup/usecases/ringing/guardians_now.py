"""Which guardians may be rung this minute, because the customer waits for them on the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from wakeup.domain.attempt import Attempt
from wakeup.domain.party import Party
from wakeup.domain.transfer import Tier
from wakeup.domain.window import may_ring
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.choose_guardian import judged
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.last_checks import refusal, zones_of

UNFIT = "none_eligible"


def guardians_now(
    file: CaseFile, call_to: Callable[[Party], Attempt], *, again: bool = False
) -> Iterator[tuple[Party, str | None]]:
    """Yield each guardian in turn, with the reason against ringing them this minute, or None. Where no family member
    may hear of the case, the last checks refuse each of them.

    `call_to` drafts the call. `again`: guardians who were rung in this case before may be rung again.
    """
    for party, unfit in judged(file, Channel.VOICE, again=again):
        yield party, UNFIT if unfit is not None else _why_not_now(file, call_to(party), party)


def _why_not_now(file: CaseFile, call: Attempt, party: Party) -> str | None:
    calling = file.unit.policy.calling
    awake = all(may_ring(file.now, zone, calling) for zone in zones_of(file, party))
    if not (awake or file.case.tier is Tier.CRITICAL):
        return "quiet_hours"
    refused = refusal(file, call, party, ())
    return None if refused is None else refused.reason
