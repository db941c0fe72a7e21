"""Masks personal data, which is shown in full only after it was unmasked with a reason."""

from __future__ import annotations

from wakeup.domain.agent import LANGUAGES
from wakeup.domain.party import Payee
from wakeup.ivr.wording import spoken_digits

DOTS = "••"


def phone(number: str) -> str:
    """Show the country and the last two digits."""
    if not number:
        return "–"
    return f"{number[:3]}{DOTS}{DOTS}{number[-2:]}" if len(number) > 6 else DOTS


def name(text: str | None) -> str:
    return f"{text[0]}{DOTS}" if text else "–"


def account(text: str | None) -> str:
    return f"{DOTS}{DOTS}{text[-3:]}" if text and len(text) > 5 else (DOTS if text else "–")


def check_code(said: str, code: str | None) -> str:
    """Mask the check code in what our automated voice said. A code exists only during its call."""
    if code is not None:
        for language in LANGUAGES:
            said = said.replace(spoken_digits(code, language), DOTS * 2)
    return said


def payee(one: Payee) -> Payee:
    """Mask name, account and phone of a payee. The bank is not secret."""
    return Payee(name=name(one.name), account=account(one.account), bank=one.bank, phone=phone(one.phone or ""))
