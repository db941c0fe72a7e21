"""Settings of the bank's clients. Each has secrets and bearer keys of its own, because they decide its scopes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Self

from pydantic import Field, Secret, model_validator

from wakeup.bank.signing import PREFIX
from wakeup.runtime.settings import types as t
from wakeup.runtime.settings.faults import refuse
from wakeup.runtime.settings.section import Section
from wakeup.runtime.settings.sources import variable
from wakeup.web.clients import Scope

FULL_CLIENT = "bank"
"""The name of the client that has every scope by default."""
_RANDOM_BYTES = 32
PYTHON = 'python -c "import base64, os; print({}base64.b64encode(os.urandom({})).decode())"'
WHSEC = t.Hint(
    f"make one with `wakeup config keys`, or {PYTHON.format(chr(39) + 'whsec_' + chr(39) + ' + ', _RANDOM_BYTES)}"
)


class Client(Section):
    """A machine of the bank. It signs messages with a secret and sends a bearer key with queries."""

    secrets: Annotated[t.WebhookSecrets, WHSEC] = Field(
        Secret(()), description="Secrets it signs with: `whsec_` and base64 of 24 bytes or more"
    )
    scopes: Annotated[t.Scopes, t.Hint(f"some of: {', '.join(Scope)}")] = Field(
        description=f"Some of {', '.join(f'`{scope}`' for scope in Scope)}; a client named `BANK` has all by default"
    )
    bearer_keys: t.BearerHashes = Field(
        Secret(()),
        description="Bearer keys of 32 visible ASCII characters or more, or `sha256:` and their hash in hex; only the "
        "hash is kept",
    )

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not self.secrets.get_secret_value() and not self.bearer_keys.get_secret_value():
            refuse({"secrets": f"is missing, and so are bearer keys; {WHSEC.text}"})
        return self


def shared(clients: Mapping[str, Client], of_core: Collection[str]) -> dict[str, str]:
    """Return the settings that repeat a secret or key of another client: it would give both the scopes of either. The
    payment core checks our decisions with its secrets, and could sign as a client that has one of them."""
    owner: dict[tuple[str, str], str] = {}
    faults = {}
    for name, client in clients.items():
        for kind in ("secrets", "bearer_keys"):
            for key in getattr(client, kind).get_secret_value():
                first = owner.setdefault((kind, key), name)
                if first != name:
                    faults[f"clients.{name}.{kind}"] = f"must not contain one of {variable(('clients', first, kind))}"
    for name, client in clients.items():
        if not set(of_core).isdisjoint(client.secrets.get_secret_value()):
            faults["payment_core.secrets"] = f"must not contain one of {variable(('clients', name, 'secrets'))}"
    return faults


def new_secrets(random_bytes: Callable[[int], bytes]) -> dict[str, str]:
    """Return new secrets for the bank and its payment core, and a bearer key for the bank, by the names of their
    variables."""
    return {
        variable(path): prefix + b64encode(random_bytes(_RANDOM_BYTES)).decode()
        for path, prefix in (
            (("clients", FULL_CLIENT, "secrets"), PREFIX),
            (("clients", FULL_CLIENT, "bearer_keys"), ""),
            (("payment_core", "secrets"), PREFIX),
        )
    }
