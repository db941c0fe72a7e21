"""`[people]` of the policy file: how a customer is brought to somebody of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from wakeup.domain.policy import People
from wakeup.runtime.policy_values import Duration, Part
from wakeup.runtime.settings_faults import refuse

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
_P = People()


class PeoplePart(Part):
    """What is not given keeps the domain's number. Who works when is in the roster's own file."""

    offer: Duration = Field(default=_P.offer, ge=5 * SECOND, le=MINUTE)
    patience: Duration = Field(default=_P.patience, ge=10 * SECOND, le=3 * MINUTE)
    missed: int = Field(default=_P.missed, ge=1, le=10)
    wrap_up: Duration = Field(default=_P.wrap_up, ge=SECOND, le=60 * MINUTE)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.offer > self.patience:
            refuse({"patience": "is shorter than offer: nobody would be given the time to accept"})
        return self

    def people(self) -> People:
        return People(offer=self.offer, patience=self.patience, missed=self.missed, wrap_up=self.wrap_up)
