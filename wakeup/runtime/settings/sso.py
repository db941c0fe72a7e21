"""Settings of single sign-on: either all of them are given or none."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from wakeup.runtime.settings import types as t
from wakeup.runtime.settings.faults import refuse
from wakeup.runtime.settings.section import Section

Issuer: TypeAlias = Annotated[str, AfterValidator(t.https_url)]
"""Unchanged, because issuers are compared letter by letter."""


class Sso(Section):
    """An identity provider that signs in the bank's staff by OpenID Connect."""

    issuer: Issuer | None = Field(None, description="OpenID Connect issuer for the console; without it, only passwords")
    client_id: str = Field("", max_length=255, description="Client id of the console at the issuer")
    client_secret: t.Token | None = Field(None, description="Client secret of the console at the issuer")
    console_url: t.BaseUrl | None = Field(None, description="URL at which browsers reach the inside listener")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.issuer is not None:
            missing = {"client_id": self.client_id, "console_url": self.console_url}
            refuse({name: "is missing: single sign-on needs it" for name, value in missing.items() if not value})
        return self
