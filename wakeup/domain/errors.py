"""The errors of the package, by who is at fault: the request, the other side, or the configuration.

Data is on attributes. Where an error is raised without a message, its class docstring is the message.
"""

from __future__ import annotations


class WakeupError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class DomainError(WakeupError):
    """The request is not possible in the current state; nothing was changed."""


class IllegalTransitionError(DomainError):
    """This event is not allowed in this state."""

    def __init__(self, machine: str, state: str, event: str) -> None:
        self.machine, self.state, self.event = machine, state, event
        super().__init__(f"{machine} {state!r} does not accept {event!r}")


class ConflictError(DomainError):
    """A field contradicts what is known, or asks for what is not allowed in this state."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


class ForbiddenError(DomainError):
    """This role does not have the right to do that."""

    def __init__(self, right: str) -> None:
        self.right = right
        super().__init__(f"this role does not have the right: {right}")


class NotProvenError(DomainError):
    """The proof of identity was not accepted."""


class NotFoundError(DomainError):
    """Not found."""


class RemoteError(WakeupError):
    """The other side failed."""

    def __init__(self, message: str | None = None, *, temporary: bool = True) -> None:
        self.temporary = temporary
        super().__init__(message)


class ConfigError(WakeupError):
    """The configuration is wrong; the service does not start."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


class StoreBusyError(RemoteError):
    """Too many requests are waiting in this lane; try again later."""

    def __init__(self, retry_after_s: float) -> None:
        self.retry_after_s = retry_after_s
        super().__init__()


class StoreDownError(RemoteError):
    """The database did not commit, or did not confirm it, so nothing counts as done."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        """The database's error code, never its message, which may quote values."""
        super().__init__(f"the database did not commit: {reason}" if reason else None)


class LockedError(StoreDownError):
    """Another transaction holds a lock that this one needs. The database is available."""


class OvertakenError(LockedError):
    """Another transaction changed what this one had read before locking it. Retrying helps."""


class ConstraintError(WakeupError):
    """The database refuses these values. The message names the constraint, never the values."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"the database refuses the values: {rule}")
