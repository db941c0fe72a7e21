"""Names that a use case adds to `unit.wakes`: after the commit they wake a loop or an open page, or are counted on this
node. A loop is woken by its own name, such as `dispatch`."""

from __future__ import annotations

from wakeup.domain.ids import AttemptId, CaseId, TransferId
from wakeup.domain.outcome import Disposition

ALARM, OVER, GHOST = "alarm:", "over:", "ghost"
AT_HOME = (ALARM, OVER, GHOST)
"""Prefixes of names that are not sent to other nodes: they are counted on the node where they happened."""


def alarm(cause: str) -> str:
    """Return the name that raises an operator alert of this cause."""
    return f"{ALARM}{cause}"


def call_over(disposition: Disposition, attempt_id: AttemptId) -> str:
    """Return the name that counts the end of this attempt. It contains the id, so that two ends in one commit are
    both counted."""
    return f"{OVER}{disposition}:{attempt_id}"


def of_case(case_id: CaseId) -> str:
    """Return the name that wakes the page of this case."""
    return f"case:{case_id}"


def of_transfer(transfer_id: TransferId) -> str:
    """Return the name that wakes the bank's requests which wait for a decision about this transfer."""
    return f"transfer:{transfer_id}"


def pages_of(case_id: CaseId) -> set[str]:
    """Return the names that wake the console pages which show this case."""
    return {"board", of_case(case_id)}
