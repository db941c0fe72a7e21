"""A demo's database is for demos only, and a transfer from its handset page is an event like any other."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from tests.scenario.world import environment
from wakeup.bank.parse import parse_risk_event
from wakeup.demo.accounts import make_accounts, make_agents
from wakeup.demo.handset_bank import event_of
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings.settings import load_settings
from wakeup.storage.demo_mark import REFUSED, is_demo, why_not_served
from wakeup.storage.migrate import upgrade


def test_a_demos_database_is_marked_before_anything_is_played_in_it(tmp_path: Path) -> None:
    settings = load_settings(environment(tmp_path, "http://127.0.0.1:1", "http://127.0.0.1:2"))
    url = settings.database_url.get_secret_value()
    assert why_not_served(url) is None and not (tmp_path / "wakeup.db").exists(), "a look makes nothing"
    assert not is_demo(url)
    upgrade(url, lambda: data_folder("migrations"))
    assert not is_demo(url)
    sign_in = asyncio.run(make_accounts(settings))
    asyncio.run(make_agents(settings))
    assert is_demo(url) and why_not_served(url) == REFUSED
    assert sign_in.password not in repr(sign_in) and len(sign_in.password) > 12


def test_a_wish_of_the_handset_is_a_sound_risk_event() -> None:
    for locale in ("zh-CN", "en"):
        now = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
        event = event_of({"phone": "+6591234599", "locale": locale}, 1, now)
        parsed = parse_risk_event(json.dumps(event).encode(), now=now)
        assert parsed.warnings == () and parsed.body.risk.tier == "critical"
