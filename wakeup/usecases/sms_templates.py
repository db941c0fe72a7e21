"""Protocol of the SMS templates. `runtime` implements it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSms:
    """A rendered SMS, and the template it was made from."""

    body: str = field(repr=False)
    template: str


class SmsTemplates(Protocol):
    """The SMS templates, by kind and language."""

    def write(self, kind: str, locale: str, words: Mapping[str, str]) -> RenderedSms:
        """Return the rendered text, with the bank's name filled in. `kind` may name a typology after a dot. Raises
        NotFoundError."""

    def wording(self, kind: str, locale: str) -> str:
        """Return the name of the wording in force."""
