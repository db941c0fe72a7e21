"""`config/example.env` has every setting without a default, and a service accepts it once its secrets exist."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from wakeup.domain.errors import ConfigError
from wakeup.runtime.settings.clients import new_secrets
from wakeup.runtime.settings.settings import load_settings, new_keys

EXAMPLE = ROOT / "config" / "example.env"
SECRETS = "/run/secrets"


def given(file: Path) -> dict[str, str]:
    """What a shell makes of the file."""
    shown = subprocess.run(
        ["/bin/sh", "-c", 'set -a; . "$0"; env -0', str(file)], env={}, capture_output=True, check=True
    ).stdout.decode()
    pairs = (entry.partition("=") for entry in shown.split("\0"))
    return {name: value for name, _, value in pairs if name.startswith("WAKEUP_")}


def made_up(file: Path) -> str:
    key = b64encode(sha256(file.name.encode()).digest()).decode()
    return f"whsec_{key}" if file.name.endswith("_secret") else key


def test_the_example_starts_a_service_once_its_secrets_exist(tmp_path: Path) -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace(SECRETS, str(tmp_path))
    (tmp_path / "wakeup.env").write_text(text, encoding="utf-8")
    found = given(tmp_path / "wakeup.env")
    files = [Path(value) for name, value in found.items() if name.endswith("_FILE")]
    assert len({made_up(file) for file in files}) == len(files) == 9
    for file in files:
        file.write_text(made_up(file))
    settings = load_settings(found)
    assert (settings.bank.name_en, len(settings.twilio.from_numbers)) == ("Star River Bank", 2)


def test_the_example_has_every_setting_without_a_default() -> None:
    with pytest.raises(ConfigError) as nothing:
        load_settings({})
    required = {fault.split(":")[0] for fault in nothing.value.faults}
    assert required <= {name.removesuffix("_FILE") for name in given(EXAMPLE)}
    assert set(new_keys(bytes)) <= required
    assert set(new_secrets(bytes)) <= {name.removesuffix("_FILE") for name in given(EXAMPLE)}
