"""Figures by channel: which channel stopped the money, counted once by the last channel that touched a case and
once by every channel that did; and what guardians add."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.label import Truth
from wakeup.domain.transfer import TransferState
from wakeup.usecases.repositories.views import CaseFacts, TransferFacts

Worth = Callable[[Decimal, str], Decimal | None]
STOPPED = frozenset({TransferState.HELD, TransferState.REFUSED, TransferState.CANCELLED})


class Touch(StrEnum):
    """The channel that spoke for stopping a transfer."""

    CALL = "call"
    """The customer, in a call of ours."""
    GUARDIAN = "guardian"
    PERSON = "person"
    """A member of the bank's staff."""
    APP = "app"
    """The customer cancelled it in the app."""
    NOBODY = "nobody"
    """The transfer was held because its window closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelNumbers:
    """Figures of one channel; sums are in the base currency. `last`: the channel was the last to touch the case.
    `touched`: it touched the case at all. Protected money is stopped money that was labelled a scam."""

    touch: Touch
    transfers: int
    """Stopped transfers that this channel was the last to touch."""
    stopped_last: Decimal
    stopped_touched: Decimal
    protected_last: Decimal
    protected_touched: Decimal

    def plus(self, more: ChannelNumbers) -> ChannelNumbers:
        """Return the figures of these cases and of more."""
        return ChannelNumbers(
            touch=self.touch, transfers=self.transfers + more.transfers,
            stopped_last=self.stopped_last + more.stopped_last,
            stopped_touched=self.stopped_touched + more.stopped_touched,
            protected_last=self.protected_last + more.protected_last,
            protected_touched=self.protected_touched + more.protected_touched,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardianLift:
    """Of the transfers labelled a scam, how many were stopped (stopped, all): in cases with a worried guardian and
    in cases without. The two kinds of cases are not alike, so the difference proves nothing by itself."""

    worried: tuple[int, int]
    unworried: tuple[int, int]

    def plus(self, more: GuardianLift) -> GuardianLift:
        """Return the counts of these cases and of more."""
        (a, b), (c, d) = self.worried, self.unworried
        return GuardianLift(
            worried=(a + more.worried[0], b + more.worried[1]), unworried=(c + more.unworried[0], d + more.unworried[1])
        )

    @property
    def points(self) -> float | None:
        """The difference of the two shares; None if either group has no transfer."""
        if not (self.worried[1] and self.unworried[1]):
            return None
        return self.worried[0] / self.worried[1] - self.unworried[0] / self.unworried[1]


def by_channel(facts: Sequence[CaseFacts], worth: Worth) -> tuple[ChannelNumbers, ...]:
    return tuple(_numbers(touch, facts, worth) for touch in Touch)


def lift_of(facts: Sequence[CaseFacts]) -> GuardianLift:
    scams = [(one, t) for one in facts for t in one.transfers if t.label is Truth.SCAM]

    def share(*, worried: bool) -> tuple[int, int]:
        of_kind = [t for one, t in scams if (Touch.GUARDIAN in {touch for _, touch in one.touches}) is worried]
        return sum(t.state in STOPPED for t in of_kind), len(of_kind)

    return GuardianLift(worried=share(worried=True), unworried=share(worried=False))


def _numbers(touch: Touch, facts: Sequence[CaseFacts], worth: Worth) -> ChannelNumbers:
    last = [t for t, touches in _stopped(facts) if touches[-1] == touch]
    touched = [t for t, touches in _stopped(facts) if touch in touches]
    return ChannelNumbers(
        touch=touch, transfers=len(last), stopped_last=_sum(last, worth), stopped_touched=_sum(touched, worth),
        protected_last=_sum([t for t in last if t.label is Truth.SCAM], worth),
        protected_touched=_sum([t for t in touched if t.label is Truth.SCAM], worth),
    )  # fmt: skip


def _stopped(facts: Sequence[CaseFacts]) -> Iterator[tuple[TransferFacts, list[str]]]:
    """Yield each stopped transfer with the channels that touched it, the last one last. A cancellation in the app
    always comes last."""
    for one in facts:
        told = [touch for _, touch in sorted(one.touches)]
        for transfer in one.transfers:
            if transfer.state in STOPPED:
                cancelled = [Touch.APP.value] if transfer.state is TransferState.CANCELLED else []
                yield transfer, [*told, *cancelled] or [Touch.NOBODY.value]


def _sum(transfers: Sequence[TransferFacts], worth: Worth) -> Decimal:
    return sum((worth(t.amount, t.currency) or Decimal(0) for t in transfers), Decimal(0))
