"""The types of values in `[overload]` of the policy file: odds by typology, and factors by disposition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.outcome import Disposition
from wakeup.runtime.policy.values import Number
from wakeup.runtime.settings.faults import refuse


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


Share: TypeAlias = Annotated[Number, Field(ge=0, le=1)]
Odds: TypeAlias = Annotated[dict[str, Share], BeforeValidator(_odds)]
Fading: TypeAlias = Annotated[dict[Disposition, Share], BeforeValidator(_fading)]
