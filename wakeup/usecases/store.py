"""The Store as its callers see it: a protocol that runs use cases, and its lanes."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Concatenate, ParamSpec, Protocol, TypeVar, TypeVarTuple, overload

P = ParamSpec("P")
Ts = TypeVarTuple("Ts")
T = TypeVar("T")
U_co = TypeVar("U_co", covariant=True)


class Lane(StrEnum):
    """The queues of the Store, in the order they are served."""

    DECIDE = "decide"
    """Decisions and voice turns, for which a callee is waiting on the line."""
    DISPATCH = "dispatch"
    INGEST = "ingest"


class Store(Protocol[U_co]):
    """Runs plain functions of (unit, ...), each in a transaction of its own, and returns after commit."""

    @overload
    async def run(
        self,
        use_case: Callable[Concatenate[U_co, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T: ...
    @overload
    async def run(self, use_case: Callable[[U_co, *Ts], T], /, *args: *Ts, lane: Lane) -> T: ...

    async def read(
        self,
        query: Callable[Concatenate[U_co, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a query on a read-only connection, in parallel with the writer, on one consistent snapshot."""

    async def look(
        self,
        query: Callable[Concatenate[U_co, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a short, urgent query: like `read`, but a loop's query never waits behind the query of a console
        page."""

    async def ping(self) -> None:
        """Raise StoreDownError unless a transaction can be had now."""

    async def close(self) -> None:
        """Finish the use cases that are queued, then stop."""

    @property
    def healthy(self) -> bool:
        """True if the last transaction that wrote, or had to write, was committed."""

    @property
    def waiting(self) -> dict[Lane, int]:
        """Number of use cases queued in each lane."""
