"""Print docs/states.md from the state tables; `python -m tests.house.states_page` rewrites the file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wakeup.domain.agent import AGENT_TRANSITIONS, AgentState
from wakeup.domain.attempt import ATTEMPT_TRANSITIONS, AttemptState
from wakeup.domain.case import CASE_TRANSITIONS, CaseState
from wakeup.domain.confirmation import CONFIRMATION_TRANSITIONS, ConfirmationState
from wakeup.domain.guardian import GUARDIAN_TRANSITIONS, GuardianState
from wakeup.domain.hand_over import HAND_OVER_TRANSITIONS, HandOverState
from wakeup.domain.sms import SMS_TRANSITIONS, SmsState
from wakeup.domain.states import mermaid
from wakeup.domain.transfer import TRANSFER_TRANSITIONS, TransferState

PAGE = Path(__file__).resolve().parents[2] / "docs" / "states.md"
DIAGRAMS: dict[str, tuple[Mapping[Any, Mapping[Any, Any]], Any]] = {
    "attempt": (ATTEMPT_TRANSITIONS, AttemptState.PLANNED),
    "transfer": (TRANSFER_TRANSITIONS, TransferState.PENDING),
    "case": (CASE_TRANSITIONS, CaseState.OPEN),
    "confirmation": (CONFIRMATION_TRANSITIONS, ConfirmationState.QUEUED),
    "sms": (SMS_TRANSITIONS, SmsState.QUEUED),
    "agent": (AGENT_TRANSITIONS, AgentState.AWAY),
    "hand_over": (HAND_OVER_TRANSITIONS, HandOverState.WAITING),
    "guardian": (GUARDIAN_TRANSITIONS, GuardianState.NAMED),
}


def marks(name: str) -> tuple[str, str]:
    return f"<!-- states: {name} -->\n", f"<!-- end: {name} -->"


def diagram(name: str) -> str:
    """Return the diagram as it is between its marks."""
    return f"```mermaid\n{mermaid(*DIAGRAMS[name])}\n```\n"


def shown(page: str, name: str) -> str:
    """Return what the page contains between the marks of this name. Raises ValueError unless each mark is there
    once.
    """
    begin, end = marks(name)
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"the page needs the marks of {name} once")
    return page.split(begin)[1].split(end, maxsplit=1)[0]


def renewed(page: str) -> str:
    """Return the page with every diagram as the tables give it now."""
    for name in DIAGRAMS:
        begin, end = marks(name)
        page = page.replace(begin + shown(page, name) + end, begin + diagram(name) + end)
    return page


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
