"""Parses query strings strictly: few names, exact values, every fault named."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from aiohttp import web
from pydantic_core import PydanticCustomError

from wakeup.bank.faults import ID_FORM, ID_PATTERN, Fault, Unprocessable
from wakeup.bank.fields import read_instant
from wakeup.web.problems import Refusal

T = TypeVar("T")
_ID = re.compile(ID_PATTERN)
_A_MOMENT = "must be an RFC 3339 time such as 2026-11-22T09:30:00Z, not in the future, with + written as %2B"
_WHOLE = re.compile(r"[0-9]{1,9}")


class Query:
    """Read the known parameters, then call `close`, which refuses unknown names and all faults together (422)."""

    def __init__(self, request: web.Request) -> None:
        self._given = request.query
        self._known: list[str] = []
        self._faults: list[Fault] = []

    def whole(self, name: str, least: int, most: int, otherwise: int) -> int:
        def read(text: str) -> int | None:
            number = int(text) if _WHOLE.fullmatch(text) else -1
            return number if least <= number <= most else None

        return self.read(name, read, f"must be a whole number from {least} to {most}", otherwise)

    def truth(self, name: str) -> bool:
        return self.read(name, {"true": True, "false": False}.get, "must be true or false", otherwise=False)

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        """The first word is the default."""
        return self.read(name, {word: word for word in words}.get, f"must be one of {', '.join(words)}", words[0])

    def moment(self, name: str, latest: datetime) -> datetime | None:
        def read(text: str) -> datetime | None:
            try:
                at = read_instant(text)
            except PydanticCustomError:
                return None
            return at if at <= latest else None

        return self.read(name, read, _A_MOMENT, None)

    def read(self, name: str, reader: Callable[[str], T | None], reason: str, otherwise: T) -> T:
        self._known.append(name)
        given = self._given.getall(name, [])
        if not given:
            return otherwise
        value = reader(given[0]) if len(given) == 1 else None
        if value is None:
            self._faults.append(Fault(name, reason))
            return otherwise
        return value

    def close(self) -> None:
        if self._given.keys() - set(self._known):
            known = f"known are {', '.join(self._known)}" if self._known else "none is known"
            self._faults.append(Fault("", f"has an unknown query parameter; {known}"))
        if self._faults:
            raise Unprocessable(self._faults)


def path_id(request: web.Request) -> str:
    """Return the `{id}` of the path. Raises Refusal (404) if it has not the form of an id."""
    given = request.match_info["id"]
    if _ID.fullmatch(given) is None:
        raise Refusal(404, f"the id {ID_FORM}")
    return given
