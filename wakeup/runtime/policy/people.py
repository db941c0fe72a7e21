"""`[people]`, `[recording]` and `[retention]` of the policy file.

They say how customers are brought to agents, what consent the law asks for before a call is recorded, and how long
recordings and records are retained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeAlias

from phonenumbers import SUPPORTED_REGIONS
from pydantic import BeforeValidator, Field, model_validator

from wakeup.domain.policy import Consent, People, Retention
from wakeup.runtime.policy.values import DAY, MINUTE, NO_REGION, SECOND, Duration, Part
from wakeup.runtime.settings.faults import refuse

LONGEST = 3660 * DAY
_P, _R = People(), Retention()


def _consents(value: Any) -> dict[str, Consent]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of regions")  # noqa: TRY004 - pydantic wants ValueError
    faults = {region: NO_REGION for region in value if region not in SUPPORTED_REGIONS}
    faults |= {
        region: f"must be one of {', '.join(Consent)}"
        for region, law in value.items()
        if region not in faults and not (isinstance(law, str) and law in set(Consent))
    }
    refuse(faults)
    return {region: Consent(law) for region, law in value.items()}


Consents: TypeAlias = Annotated[dict[str, Consent], BeforeValidator(_consents)]


class RetentionPart(Part):
    """`[retention]`: how long recordings, speech and records are retained."""

    recordings: Duration = Field(default=_R.recordings, ge=DAY, le=LONGEST)
    speech: Duration = Field(default=_R.speech, ge=DAY, le=LONGEST)
    records: Duration = Field(default=_R.records, ge=30 * DAY, le=LONGEST)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.records < max(self.recordings, self.speech):
            refuse({"records": "is shorter than recordings or speech, which cannot be read without the customer's key"})
        return self


class PeoplePart(Part):
    """`[people]`: what is not given keeps the domain's default. The shifts are in the roster's own file."""

    offer: Duration = Field(default=_P.offer, ge=5 * SECOND, le=MINUTE)
    patience: Duration = Field(default=_P.patience, ge=10 * SECOND, le=3 * MINUTE)
    missed: int = Field(default=_P.missed, ge=1, le=10)
    wrap_up: Duration = Field(default=_P.wrap_up, ge=SECOND, le=60 * MINUTE)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.offer > self.patience:
            refuse({"patience": "is shorter than offer: no agent would have the time to accept"})
        return self

    def people(self) -> People:
        return People(offer=self.offer, patience=self.patience, missed=self.missed, wrap_up=self.wrap_up)
