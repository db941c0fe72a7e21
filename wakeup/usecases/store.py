"""The Store: runs use cases in transactions and returns their results after the commit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, TypeVarTuple, overload

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


def probe(_unit: object) -> None:
    """The use case of `Store.ping`: it only shows that the database can be written. The writer of each database
    knows how."""


class Store(ABC, Generic[U_co]):
    """The only access to the database. A use case may run more than once; only the run that was committed counts."""

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
    # mypy does not see that a lane given with any arguments covers both forms above.
    async def run(  # type: ignore[misc]
        self,
        use_case: Callable[..., Any],
        /,
        *args: Any,
        lane: Lane = Lane.DECIDE,
        **kwargs: Any,
    ) -> Any:
        """Run `use_case(unit, *args)` in one transaction. Returns after the commit, or raises what the use case
        raised.

        Raises StoreBusyError when the lane is full, StoreDownError when no commit is certain, ConstraintError when
        the database refuses the values. A caller that stops waiting does not undo anything.
        """
        return await self._submit(use_case, args, kwargs, lane)

    async def read(
        self,
        query: Callable[Concatenate[U_co, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run `query(unit, *args)` on a read-only connection, in one snapshot that is never behind the writer."""
        answer: T = await self._read(query, args, kwargs)
        return answer

    async def look(
        self,
        query: Callable[Concatenate[U_co, P], T],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """Run a short, urgent query like `read`, on a thread and a connection reserved for such queries.

        A page of figures may take seconds, and work that falls due meanwhile must not wait for it.
        """
        answer: T = await self._look(query, args, kwargs)
        return answer

    async def ping(self) -> None:
        """Raise StoreDownError unless the database can be written now."""
        await self.run(probe)

    @property
    @abstractmethod
    def healthy(self) -> bool:
        """Whether the last transaction that wrote, or had to, was committed, and none hangs."""

    @property
    def stands_still(self) -> bool:
        """Whether the database hangs: a transaction or a look takes too long, and no other has ended meanwhile."""
        return False

    @property
    @abstractmethod
    def waiting(self) -> dict[Lane, int]:
        """The number of use cases that wait in each lane."""

    @property
    def left_hanging(self) -> bool:
        """Whether `close` gave up on threads that wait for a database that hangs. The process must then end without
        them."""
        return False

    @abstractmethod
    async def close(self) -> None:
        """Finish what is waiting, then stop. Idempotent."""

    @abstractmethod
    async def _submit(
        self, use_case: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], lane: Lane
    ) -> Any: ...

    @abstractmethod
    async def _read(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...

    @abstractmethod
    async def _look(self, query: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any: ...
