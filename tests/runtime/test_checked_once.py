"""The settings check the addresses and tokens for those who use them and check nothing again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.test_settings import GOOD, faults, folder
from wakeup.domain.errors import ConfigError
from wakeup.runtime.settings.settings import load_settings

__all__ = ["folder"]
BAD_BASES = [
    "http://voice.bank.example",
    "http://127.0.0.1.bank.example",
    "voice.bank.example",
    "https://",
    "https://voice.bank.example/?x=1",
    "https://voice.bank.example/#x",
    "https://user@voice.bank.example",
    "https://voice_1.bank.example",
    "https://voice.bank.example:port",
    "ftp://voice.bank.example",
]


@pytest.mark.parametrize("name", ["WAKEUP_PUBLIC_BASE_URL", "WAKEUP_TWILIO__BASE_URL", "WAKEUP_SSO__CONSOLE_URL"])
@pytest.mark.parametrize("base", BAD_BASES)
def test_a_base_url_to_which_nobody_can_be_sent_is_refused_at_the_start(folder: Path, name: str, base: str) -> None:
    [line] = faults(folder, {name: base})
    assert line.startswith(f"{name}: ")


@pytest.mark.parametrize("given", ['auth_token = ["", "0123456789abcdef"]', 'auth_token = [""]'])
def test_no_empty_token_is_taken_for_one_that_signs(folder: Path, given: str) -> None:
    """A variable cannot hold one: there, what is empty is not given."""
    (folder / "local.toml").write_text(f"[twilio]\n{given}\n")
    environ = {name: value for name, value in GOOD.items() if name != "WAKEUP_TWILIO__AUTH_TOKEN"}
    with pytest.raises(ConfigError) as refused:
        load_settings(environ, folder)
    [line] = refused.value.faults
    assert "auth_token: " in line and "must be visible ASCII characters" in line and "0123" not in line


def test_an_api_key_has_a_secret_that_is_not_empty(folder: Path) -> None:
    (folder / "local.toml").write_text(f'[twilio]\napi_key = "SK{"0" * 32}"\napi_secret = ""\n')
    with pytest.raises(ConfigError) as refused:
        load_settings(GOOD, folder)
    assert any("api_secret: must be visible ASCII characters" in line for line in refused.value.faults)
