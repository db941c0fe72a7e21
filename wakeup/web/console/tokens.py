"""The browser's token and what is stored of it: a random token in a cookie, its keyed hash in the database, and a
second keyed hash in every form, which another site cannot know."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from aiohttp import web

COOKIE = "__Host-wakeup"
"""The browser enforces what this prefix promises: secure, for this host only, for the whole of it."""
TOKEN_BYTES = 32
MAC_DIGITS, OWNER_DIGITS = 64, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfWay:
    """A half-completed sign-in: the password was right, the code is missing."""

    staff_id: str
    try_id: str
    until: datetime
    password: str = field(repr=False)
    """A keyed hash of the password's hash, so that a half-completed sign-in ends when the password is changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    key: bytes = field(repr=False)
    lasting_key: bytes = field(repr=False)
    """A key that is not replaced when the sessions are ended by a new session key."""
    random_bytes: Callable[[int], bytes] = field(repr=False)

    def new(self) -> str:
        return self.random_bytes(TOKEN_BYTES).hex()

    def session_id(self, token: str) -> str:
        return self._mac("session", token)

    def form_token(self, token: str, owner: str = "") -> str:
        """Return what every form of a page holds. `owner` says whose page it is after its session has ended."""
        return self._mac("form", token) + owner

    def is_form_token(self, token: str, given: str) -> bool:
        return hmac.compare_digest(self._mac("form", token).encode(), given[:MAC_DIGITS].encode())

    def owner_mark(self, staff_id: str) -> str:
        """Return the mark of an account in the forms of its pages. It takes a key, so that no other person can
        leave a form to be sent in the name of that user. A form that waits while the session key is replaced is still
        its user's."""
        return _mac(self.lasting_key, "owner", staff_id)[:OWNER_DIGITS]

    def of_password(self, password_hash: str) -> str:
        return self._mac("password", password_hash)

    def ticket(self, token: str, half: HalfWay) -> str:
        """Return a ticket that is valid in this browser only."""
        told = f"{half.staff_id}|{half.try_id}|{half.until.isoformat()}|{half.password}"
        return f"{told}|{self._mac('ticket', f'{token}|{told}')}"

    def read_ticket(self, token: str, given: str, now: datetime) -> HalfWay | None:
        """Return the content of the ticket if it was given to this browser and has not expired."""
        told, _, mac = given.rpartition("|")
        if not hmac.compare_digest(self._mac("ticket", f"{token}|{told}").encode(), mac.encode()):
            return None
        staff_id, try_id, until, password = told.split("|")
        half = HalfWay(staff_id=staff_id, try_id=try_id, until=datetime.fromisoformat(until), password=password)
        return half if now < half.until else None

    def _mac(self, purpose: str, token: str) -> str:
        return _mac(self.key, purpose, token)


def _mac(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, f"{purpose}\0{text}".encode(), sha256).hexdigest()


def owner_of(given: str) -> str:
    """Return whose page the form with this token was on; empty if nobody was signed in."""
    return given[MAC_DIGITS:]


def token_of(request: web.Request) -> str:
    return request.cookies.get(COOKIE, "")


def hand_out(response: web.StreamResponse, token: str) -> None:
    response.set_cookie(COOKIE, token, path="/", secure=True, httponly=True, samesite="Strict")


def take_back(response: web.StreamResponse) -> None:
    response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Strict")
