"""What runs use cases, as its callers see it: lanes and a protocol. It knows no database."""

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
    """Decisions and voice turns: somebody is on the line."""
    DISPATCH = "dispatch"
    INGEST = "ingest"


class Store(Protocol[U_co]):
    """Runs plain functions of (unit, ...) in a transaction each, and answers after commit."""

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
        """Run a query on a read-only connection, beside the writer: one consistent snapshot."""

    async def look(
        self,
        query: Callable[Concatenate[U_co, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """`read` what is short and in a hurry: what a loop looks for never waits behind a page of somebody's."""

    async def ping(self) -> None:
        """Raises StoreDownError unless a transaction can be had now."""

    async def close(self) -> None:
        """Finish what is waiting, then stop."""

    @property
    def healthy(self) -> bool:
        """Whether the last transaction that wrote, or had to, was committed."""

    @property
    def waiting(self) -> dict[Lane, int]:
        """How many use cases wait in each lane."""
