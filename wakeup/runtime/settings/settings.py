"""All settings of a deployment, from TOML files and then the environment, which only this module may be handed.

Defaults live in config/default.toml, secrets nowhere in the tree. Any fault stops the start, with a line per fault.
"""

from __future__ import annotations

import platform
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import Field, PrivateAttr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from wakeup.domain.errors import ConfigError
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings import types as t
from wakeup.runtime.settings.clients import FULL_CLIENT, PYTHON, WHSEC, Client, shared
from wakeup.runtime.settings.faults import lines_of, missing, refuse
from wakeup.runtime.settings.section import Section
from wakeup.runtime.settings.sources import (
    CONFIG_VARIABLE,
    Given,
    Layer,
    checked,
    from_environment,
    from_toml,
    leaves,
    tree,
    variable,
)
from wakeup.runtime.settings.sso import Sso
from wakeup.storage.keyring import KEY_BYTES
from wakeup.web.clients import Scope

_KEY = t.Hint(f"make one with `wakeup config keys`, or {PYTHON.format('', KEY_BYTES)}")
_CONSOLE = t.Hint("see the provider's console")


def _host_name() -> str:
    return re.sub(r"[^0-9A-Za-z_.-]", "-", platform.node())[:64] or "node"


class Http(Section):
    """Three listeners, so that a proxy can expose only the first one to the internet."""

    host: t.Host = Field(description="Address of the public listener (`/twilio`)")
    public_port: t.Port = Field(description="Port of the public listener; 0 takes any free port")
    api_host: t.Host = Field(description="Address of the machine listener (`/v1`)")
    api_port: t.Port = Field(description="Port of the machine listener")
    inside_host: t.Host = Field(description="Address of the inside listener (console, health, metrics)")
    inside_port: t.Port = Field(description="Port of the inside listener")
    leave_s: float = Field(
        ge=0, le=20, description="Seconds for which a node that stops still listens while `/readyz` answers 503"
    )
    trusted_proxies: t.Networks = Field((), description="Proxies whose forwarded headers are trusted")

    @model_validator(mode="after")
    def _apart(self) -> Self:
        taken: set[tuple[str, int]] = set()
        faults = {}
        for listener in ("public", "api", "inside"):
            host: str = self.host if listener == "public" else getattr(self, f"{listener}_host")
            port: int = getattr(self, f"{listener}_port")
            clash = any(port == other and (host == at or {host, at} & {"0.0.0.0", "::"}) for at, other in taken)  # noqa: S104
            if port and clash:
                faults[f"{listener}_port"] = "is the port of another listener"
            taken.add((host, port))
        refuse(faults)
        return self


class Keys(Section):
    """The keys, one for each purpose. docs/operations.md says how each is rotated, and which are not."""

    data: Annotated[t.Keys, _KEY] = Field(description="Master keys that wrap the customers' keys, newest first")
    index: Annotated[t.Keys, _KEY] = Field(
        description="Key of the number index. Do not change it; only the first is used"
    )
    tag: Annotated[t.Key, _KEY] = Field(description="Key of the tags in the URLs given to the provider")
    audit: Annotated[t.Key, _KEY] = Field(
        description="Key of the timeline's chain and anchors, and of whose page a console form was on"
    )
    session: Annotated[t.Key, _KEY] = Field(description="Key of the console's sessions")

    @model_validator(mode="after")
    def _different(self) -> Self:
        owner: dict[bytes, str] = {}
        faults = {}
        for purpose in type(self).model_fields:
            held = getattr(self, purpose).get_secret_value()
            for key in held if isinstance(held, tuple) else (held,):
                if owner.setdefault(key, purpose) != purpose:
                    faults[purpose] = f"must not contain a key of {variable(('keys', owner[key]))}"
        refuse(faults)
        return self


class Twilio(Section):
    account_sid: Annotated[t.AccountSid, _CONSOLE] = Field(description="SID of the account")
    auth_token: Annotated[t.Tokens, _CONSOLE] = Field(description="Auth tokens: the primary, then one being rotated")
    api_key: t.ApiKey | None = Field(None, description="API key for our requests, instead of the auth token")
    api_secret: t.Token | None = Field(None, description="Secret of the API key")
    base_url: t.BaseUrl = Field(description="Base URL of the API; https unless on loopback")
    from_numbers: Annotated[t.Numbers, t.Hint("numbers of the account, in E.164 form")] = Field(
        description="Caller numbers, in E.164 form"
    )
    messaging_from: t.Sender | None = Field(None, description="Sender of messages: a number or a messaging service")
    calls_per_second: t.Positive = Field(le=100, description="New calls per second that the account allows")
    max_concurrent_calls: int = Field(ge=1, le=10_000, description="Maximum number of calls at the same time")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.api_key and not self.api_secret:
            refuse({"api_secret": "is missing: an API key needs its secret"})
        if self.api_secret and not self.api_key:
            refuse({"api_key": "is missing: an API secret needs its key"})
        return self


class PaymentCore(Section):
    url: t.CoreUrl = Field(description="Where decisions are posted; https unless on loopback")
    secrets: Annotated[t.CoreSecrets, WHSEC] = Field(
        description="Secrets with which decisions are signed: `whsec_` and base64 of 24 bytes or more; no client's"
    )


class PolicyPlace(Section):
    file: t.FilePath | None = Field(None, description="Policy file; `config/policy.toml` if not given")


class Bank(Section):
    """Names and contacts that the voice may say."""

    name_zh: t.Name = Field(description="Name of the bank, as the voice says it in Chinese")
    name_en: t.Name = Field(description="The same in English")
    crisis_zh: t.Words = Field("", description="What the voice says about the crisis line, in Chinese")
    crisis_en: t.Words = Field("", description="The same in English")
    police_zh: t.Name = Field(
        "报警电话",
        description="Whom customers can ask whether the police really called, and tell that money was lost",
    )
    police_en: t.Name = Field("the police", description="The same in English")
    credit_bureau_zh: t.Name = Field("当地的征信机构", description="Where customers read their credit record")
    credit_bureau_en: t.Name = Field("the credit bureau", description="The same in English")


class People(Section):
    """Colleagues who can be brought to a call."""

    numbers: t.Numbers = Field(
        (),
        description="Colleagues for callers who press 0 on our number, and for our own calls if there are no agents",
    )
    roster: t.FilePath | None = Field(None, description="Shifts of the agents; `config/roster.toml` if not given")


class Log(Section):
    format: t.LogFormat = Field(description="`json` or `console`")
    level: t.LogLevel = Field(description="`debug`, `info`, `warning` or `error`")


class Audit(Section):
    anchors_file: t.FilePath = Field(description="Anchors; keep it where the database's administrators cannot write")


class ClockRun(Section):
    """For simulations only: people's time is `epoch + (real time - epoch_real) * speed`."""

    speed: t.Positive = Field(le=10_000, description="Speed of the simulated clock; simulations only")
    epoch: t.Moment | None = Field(None, description="Simulated time at `EPOCH_REAL`")
    epoch_real: t.Positive | None = Field(None, description="Real time of `EPOCH`, in Unix seconds")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.epoch is None) != (self.epoch_real is None):
            absent = "epoch" if self.epoch is None else "epoch_real"
            refuse({absent: "is missing: epoch and epoch_real must be given together"})
        return self

    @property
    def simulated(self) -> bool:
        return self.speed != 1.0 or self.epoch is not None


class Node(Section):
    name: t.NodeName = Field(default_factory=_host_name, description="Name of this node")


class Settings(BaseSettings):
    """All settings. Made by `load_settings`; secrets are in wrappers that never print."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    public_base_url: Annotated[t.BaseUrl, t.Hint("the https URL at which the phone company reaches us")] = Field(
        description="URL at which the provider reaches us; https unless on loopback"
    )
    database_url: t.DatabaseUrl = Field(description="`sqlite:///file` or `postgresql+psycopg://…`")
    http: Http
    keys: Keys
    twilio: Twilio
    clients: dict[t.ClientName, Client]
    payment_core: PaymentCore
    policy: PolicyPlace
    bank: Bank
    people: People
    sso: Sso
    log: Log
    audit: Audit
    clock: ClockRun
    node: Node
    _given: Layer = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _real_time_for_real_phones(self) -> Self:
        if self.clock.simulated and urlsplit(self.twilio.base_url).hostname not in {"127.0.0.1", "::1", "localhost"}:
            setting = "clock.epoch" if self.clock.speed == 1.0 else "clock.speed"
            refuse({setting: "a simulated clock is allowed only with a phone company on loopback"})
        return self

    @model_validator(mode="after")
    def _no_shared_keys(self) -> Self:
        refuse(shared(self.clients, self.payment_core.secrets.get_secret_value()))
        return self

    @property
    def given(self) -> Layer:
        """Where each value was given, without the value; a setting not listed has the default of the code."""
        return self._given

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Use only what `load_settings` passes: by default the library also reads the environment itself."""
        return (init_settings,)


def load_settings(environ: Mapping[str, str], folder: Path | None = None) -> Settings:
    """Read `folder`'s default.toml, then local.toml or the file of WAKEUP_CONFIG, then `environ`.

    Raises ConfigError with a line per fault; no line holds the value of a secret.
    """
    faults: list[str] = []
    known = tuple(leaves(Settings))
    merged: Layer = {}
    for layer in _layers(environ, folder or data_folder("config"), faults):
        merged |= checked(layer, known, faults)
    _give_all_scopes(merged)
    faults += missing(known, merged)
    sections: dict[str, Any] = {leaf.path[0]: {} for leaf in known if len(leaf.path) > 1}
    try:
        settings = Settings(**sections | tree(merged))
    except ValidationError as error:
        raise ConfigError(faults + lines_of(error, merged)) from None
    if faults:
        raise ConfigError(faults)
    settings.given.update({path: replace(given, value=None) for path, given in merged.items()})
    return settings


def new_keys(random_bytes: Callable[[int], bytes]) -> dict[str, str]:
    """Return a new key for every purpose, by the name of its variable."""
    return {variable(("keys", purpose)): b64encode(random_bytes(KEY_BYTES)).decode() for purpose in Keys.model_fields}


def _layers(environ: Mapping[str, str], folder: Path, faults: list[str]) -> Iterator[Layer]:
    yield from_toml(folder / "default.toml", "config/default.toml", faults)
    named, local = environ.get(CONFIG_VARIABLE, "").strip(), folder / "local.toml"
    if named:
        yield from_toml(Path(named), Path(named).name, faults, setting=CONFIG_VARIABLE)
    elif local.is_file():
        yield from_toml(local, "config/local.toml", faults)
    yield from_environment(environ, faults)


def _give_all_scopes(merged: Layer) -> None:
    path = ("clients", FULL_CLIENT, "scopes")
    if path not in merged and any(at[:2] == path[:2] for at in merged):
        merged[path] = Given(value=list(Scope), name=variable(path), origin="default")
