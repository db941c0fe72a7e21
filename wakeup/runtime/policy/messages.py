"""`[messages]` of the policy file: when and how often an SMS may be sent."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from wakeup.domain.policy import Messages
from wakeup.runtime.policy.values import DAY, HOUR, MINUTE, SECOND, Destinations, Duration, Part
from wakeup.runtime.settings.faults import refuse

REVIEW_AT_MOST = 4 * HOUR
NEW_AT_LEAST = 7 * DAY
CHANGE_WAITS_AT_LEAST = 72 * HOUR
_M = Messages()


class MessagesPart(Part):
    """`[messages]`: what is not given keeps the domain's default."""

    remind_after: Duration = Field(default=_M.remind_after, ge=30 * SECOND, le=DAY)
    patience: Duration = Field(default=_M.patience, ge=MINUTE, le=DAY)
    ask_back_after: Duration = Field(default=_M.ask_back_after, ge=MINUTE, le=DAY)
    answer_within: Duration = Field(default=_M.answer_within, ge=10 * MINUTE, le=7 * DAY)
    review_within: Duration = Field(default=_M.review_within, ge=MINUTE, le=REVIEW_AT_MOST)
    new_for: Duration = Field(default=_M.new_for, ge=NEW_AT_LEAST, le=366 * DAY)
    change_waits: Duration = Field(default=_M.change_waits, ge=CHANGE_WAITS_AT_LEAST, le=30 * DAY)
    educate_again: Duration = Field(default=_M.educate_again, ge=DAY, le=366 * DAY)
    max_guardians_per_case: int = Field(default=_M.max_guardians_per_case, ge=0, le=10)
    max_per_number_day: int = Field(default=_M.max_per_number_day, ge=1, le=20)
    max_per_case: int = Field(default=_M.max_per_case, ge=1, le=50)
    max_hints: int = Field(default=_M.max_hints, ge=0, le=3)
    per_second: float = Field(default=_M.per_second, gt=0, le=1000, strict=False)
    destinations: Destinations = Field(default_factory=dict)

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        faults = {}
        if self.remind_after >= self.patience:
            faults["patience"] = "must be longer than remind_after: the reminder would never be sent"
        if self.patience >= self.answer_within:
            faults["answer_within"] = "must be longer than patience"
        refuse(faults)
        return self
