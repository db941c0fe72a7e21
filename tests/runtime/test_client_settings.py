"""Secrets and bearer keys of the bank's clients."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from tests.runtime.test_settings import BEARER, GOOD, OTHER_WHSEC, faults
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings.clients import new_secrets
from wakeup.runtime.settings.settings import load_settings


@pytest.mark.parametrize(("kind", "value"), [("SECRETS", OTHER_WHSEC), ("BEARER_KEYS", BEARER)])
def test_two_clients_do_not_share_a_secret_or_key(tmp_path: Path, kind: str, value: str) -> None:
    """With a shared secret the shop could call itself bank, and would have the scopes of the bank."""
    shutil.copy(data_folder("config") / "default.toml", tmp_path)
    changes = {f"WAKEUP_CLIENTS__SHOP__{kind}": value, "WAKEUP_CLIENTS__SHOP__SCOPES": "decisions:read"}
    assert faults(tmp_path, changes) == [
        f"WAKEUP_CLIENTS__SHOP__{kind}: must not contain one of WAKEUP_CLIENTS__BANK__{kind}"
    ]


def test_the_payment_core_has_no_secret_of_a_client(tmp_path: Path) -> None:
    """Whoever can check our decisions could sign risk events and news, such as a confirmation in the app."""
    shutil.copy(data_folder("config") / "default.toml", tmp_path)
    changes = {"WAKEUP_CLIENTS__BANK__SECRETS": OTHER_WHSEC, "WAKEUP_PAYMENT_CORE__SECRETS": OTHER_WHSEC}
    assert faults(tmp_path, changes) == [
        "WAKEUP_PAYMENT_CORE__SECRETS: must not contain one of WAKEUP_CLIENTS__BANK__SECRETS"
    ]


def test_new_secrets_are_good_secrets(tmp_path: Path) -> None:
    """A client needs a secret to send and a bearer key to read, and the payment core has a secret of its own."""
    shutil.copy(data_folder("config") / "default.toml", tmp_path)
    made = iter(range(100))
    secrets = new_secrets(lambda size: hashlib.sha256(bytes([next(made)])).digest()[:size])
    assert set(secrets) == {
        "WAKEUP_CLIENTS__BANK__SECRETS", "WAKEUP_CLIENTS__BANK__BEARER_KEYS", "WAKEUP_PAYMENT_CORE__SECRETS",
    }  # fmt: skip
    given = load_settings({**GOOD, **secrets}, tmp_path)
    assert given.payment_core.secrets.get_secret_value() == (secrets["WAKEUP_PAYMENT_CORE__SECRETS"],)
    assert len(given.clients["bank"].bearer_keys.get_secret_value()) == 1
