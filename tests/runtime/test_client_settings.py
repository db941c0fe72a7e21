"""Secrets and bearer keys of the bank's clients."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.runtime.test_settings import BEARER, OTHER_WHSEC, faults
from wakeup.runtime.data_files import data_folder


@pytest.mark.parametrize(("kind", "value"), [("SECRETS", OTHER_WHSEC), ("BEARER_KEYS", BEARER)])
def test_two_clients_do_not_share_a_secret_or_key(tmp_path: Path, kind: str, value: str) -> None:
    """With a shared secret the shop could call itself bank, and would have the scopes of the bank."""
    shutil.copy(data_folder("config") / "default.toml", tmp_path)
    changes = {f"WAKEUP_CLIENTS__SHOP__{kind}": value, "WAKEUP_CLIENTS__SHOP__SCOPES": "decisions:read"}
    assert faults(tmp_path, changes) == [
        f"WAKEUP_CLIENTS__SHOP__{kind}: must not contain one of WAKEUP_CLIENTS__BANK__{kind}"
    ]
