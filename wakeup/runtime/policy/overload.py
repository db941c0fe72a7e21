"""`[overload]` of the policy file: how lines are shared out when there are too few, with estimated odds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.outcome import Disposition
from wakeup.domain.overload import Overload
from wakeup.runtime.policy.values import SECOND, Duration, Part
from wakeup.runtime.settings.faults import refuse

_USUAL = Overload()


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _odds(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    refuse({name: "unknown typology" for name in value if name not in TYPOLOGIES})
    return value


def _fading(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    known = set(Disposition)
    refuse(
        {name: f"unknown disposition; must be one of {', '.join(sorted(known))}" for name in value if name not in known}
    )
    return {Disposition(name): odds for name, odds in value.items()}


Share: TypeAlias = Annotated[float, BeforeValidator(_number), Field(ge=0, le=1)]


class OverloadPart(Part):
    share: Share = Field(default=_USUAL.share, ge=0.05, le=0.5)
    guard: Annotated[float, BeforeValidator(_number)] = Field(default=_USUAL.guard, ge=1, le=10)
    plan_every: Duration = Field(default=_USUAL.plan_every, ge=SECOND / 10, le=60 * SECOND)
    plan_stale: Duration = Field(default=_USUAL.plan_stale, ge=SECOND, le=300 * SECOND)
    call_length: Duration = Field(default=_USUAL.call_length, ge=5 * SECOND, le=1800 * SECOND)
    hardship: Annotated[float, BeforeValidator(_number)] = Field(default=_USUAL.hardship, ge=1, le=10)
    usual_odds: Share = _USUAL.usual_odds
    odds: Annotated[dict[str, Share], BeforeValidator(_odds)] = Field(default_factory=dict)
    fading: Annotated[dict[Disposition, Share], BeforeValidator(_fading)] = Field(
        default_factory=lambda: dict(_USUAL.fading)
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.plan_stale < 3 * self.plan_every:
            refuse({"plan_stale": "is shorter than three times plan_every: no plan would ever be used"})
        return self
