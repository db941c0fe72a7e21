"""Settings of the bank's clients. Each has secrets and bearer keys of its own, because they decide its scopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, Secret, model_validator

from wakeup.runtime.settings import types as t
from wakeup.runtime.settings.faults import refuse
from wakeup.runtime.settings.section import Section
from wakeup.runtime.settings.sources import variable
from wakeup.web.clients import Scope

PYTHON = 'python -c "import base64, os; print({}base64.b64encode(os.urandom({})).decode())"'
WHSEC = t.Hint(f"make one with {PYTHON.format(chr(39) + 'whsec_' + chr(39) + ' + ', 32)}")


class Client(Section):
    """A machine of the bank. It signs messages with a secret and sends a bearer key with queries."""

    secrets: Annotated[t.WebhookSecrets, WHSEC] = Field(Secret(()), description="Secrets (`whsec_…`) it signs with")
    scopes: Annotated[t.Scopes, t.Hint(f"some of: {', '.join(Scope)}")] = Field(
        description=f"Some of {', '.join(f'`{scope}`' for scope in Scope)}; a client named `BANK` has all by default"
    )
    bearer_keys: t.BearerHashes = Field(
        Secret(()), description="Bearer keys, or `sha256:` and their hash in hex; only the hash is kept"
    )

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not self.secrets.get_secret_value() and not self.bearer_keys.get_secret_value():
            refuse({"secrets": f"is missing, and so are bearer keys; {WHSEC.text}"})
        return self


def shared(clients: Mapping[str, Client]) -> dict[str, str]:
    """Return the settings that repeat a secret or key of another client: it would give both the scopes of either."""
    owner: dict[tuple[str, str], str] = {}
    faults = {}
    for name, client in clients.items():
        for kind in ("secrets", "bearer_keys"):
            for key in getattr(client, kind).get_secret_value():
                first = owner.setdefault((kind, key), name)
                if first != name:
                    faults[f"clients.{name}.{kind}"] = f"must not contain one of {variable(('clients', first, kind))}"
    return faults
