"""What does not fit together within one table of the policy file: by field, what is wrong and the way out."""

from __future__ import annotations

from wakeup.domain.bounds import MINUTE, SECOND
from wakeup.domain.overload import Overload
from wakeup.domain.policy import Calling, Messages, People, Release, Retention, Tempo
from wakeup.telephony.provider import TWILIO

SHORTEST_WINDOW = 3 * MINUTE
ANSWER_PATIENCE = 25 * SECOND
"""The longest a POST to Twilio may take, connecting and reading."""
DELIVERY_PATIENCE = 15 * SECOND
"""The longest a POST to the payment core may take."""
DELIVERY_MARGIN = 2 * SECOND
"""The longest until its result is recorded."""


def calling_faults(calling: Calling) -> dict[str, str]:
    faults = {}
    if calling.opens == calling.closes:
        faults["closes"] = "is the same as opens: no one could ever be called"
    elif calling.opens > calling.closes:
        # Most likely the two were exchanged, and everybody would be called at night.
        faults["closes"] = "is before opens: for hours across midnight write two spans in calling.hours"
    if calling.ring_timeout + calling.useful_talk > SHORTEST_WINDOW:
        faults["useful_talk"] = "and ring_timeout together are longer than the shortest window, 3m"
    if calling.useful_talk > calling.time_limit:
        faults["time_limit"] = "is shorter than useful_talk"
    if calling.line_limit < calling.time_limit:
        faults["line_limit"] = "is shorter than time_limit"
    unserved = {**calling.not_served, **TWILIO.not_served}
    for region in sorted(unserved.keys() & calling.destinations.keys()):
        faults[f"destinations.{region}"] = f"is not served: {unserved[region]}"
    return faults | _caps_and_gaps(calling)


def _caps_and_gaps(calling: Calling) -> dict[str, str]:
    faults = {}
    if calling.max_calls_per_case > calling.max_calls_per_number_day:
        faults["max_calls_per_case"] = "is above max_calls_per_number_day, so it would never be reached"
    if calling.people_per_caller_hour > calling.people_per_hour:
        faults["people_per_caller_hour"] = "is above people_per_hour, so it would never be reached"
    if calling.max_calls_per_number_day > calling.max_calls_per_person_day:
        faults["max_calls_per_person_day"] = "is below max_calls_per_number_day"
    for name in ("busy", "no_answer", "cut_short", "later"):
        if getattr(calling, f"{name}_retries") >= calling.max_calls_per_case:
            faults[f"{name}_retries"] = "plus the first call are more than max_calls_per_case"
        if getattr(calling, f"{name}_gap") < calling.min_gap:
            faults[f"{name}_gap"] = "is shorter than min_gap"
    return faults


def tempo_faults(tempo: Tempo) -> dict[str, str]:
    faults = {}
    if tempo.claim_lease <= tempo.post_within:
        faults["claim_lease"] = "must be longer than post_within, or two nodes could place the same call"
    if tempo.sending_patience < tempo.post_within + ANSWER_PATIENCE:
        faults["sending_patience"] = "must be at least 25s longer than post_within: a response may take that long"
    if tempo.delivery_lease < DELIVERY_PATIENCE + DELIVERY_MARGIN:
        faults["delivery_lease"] = "must be at least 17s, or a slow core would get decisions again and again"
    if tempo.unknown_checks[-1] > 10 * MINUTE:
        faults["unknown_checks"] = "must end within 10m"
    if tempo.delivery_first_retry > tempo.delivery_max_retry:
        faults["delivery_max_retry"] = "is shorter than delivery_first_retry"
    return faults


def release_faults(release: Release) -> dict[str, str]:
    faults = {}
    if release.max_amount > release.max_day:
        faults["max_day"] = "is below max_amount"
    if release.max_day > release.max_week:
        faults["max_week"] = "is below max_day"
    return faults


def messages_faults(messages: Messages) -> dict[str, str]:
    faults = {}
    if messages.remind_after >= messages.patience:
        faults["patience"] = "must be longer than remind_after: the reminder would never be sent"
    if messages.patience >= messages.answer_within:
        faults["answer_within"] = "must be longer than patience"
    return faults


def overload_faults(overload: Overload) -> dict[str, str]:
    if overload.plan_stale < 3 * overload.plan_every:
        return {"plan_stale": "is shorter than three times plan_every: no plan would ever be used"}
    return {}


def people_faults(people: People) -> dict[str, str]:
    if people.offer > people.patience:
        return {"patience": "is shorter than offer: no agent would have the time to accept"}
    return {}


def retention_faults(retention: Retention) -> dict[str, str]:
    if retention.records < max(retention.recordings, retention.speech):
        return {"records": "is shorter than recordings or speech, which cannot be read without the customer's key"}
    return {}
