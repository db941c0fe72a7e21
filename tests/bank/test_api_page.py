"""The curl example in docs/api.md sends what the API accepts, and its figures are those of the code."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from wakeup.bank.core_client import MAX_RETRY_AFTER_S, TIMEOUT
from wakeup.bank.parse import parse_risk_event
from wakeup.bank.signing import verify
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy.file import load_policy

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the published example of Standard Webhooks
TOOLS = ("bash", "openssl", "base64", "od")


@pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason="the example needs a shell with openssl")
def test_the_signed_example_is_accepted(tmp_path: Path) -> None:
    block = re.search(r"```bash\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    example = block[1].replace("SECRET='whsec_…'", f"SECRET='{SECRET}'")
    assert SECRET in example
    script = f"""curl() {{ printf '%s\\n' "$@"; }}\n{example}"""
    sent = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout

    headers = dict(re.findall(r"^(webhook-[a-z]+): (.+)$", sent, re.MULTILINE))
    body = (tmp_path / "event.json").read_bytes()
    now = datetime.now(UTC)
    assert verify([SECRET], headers, body, now) == "msg_1"
    assert parse_risk_event(body, now=now).body.transfer.id == "t_90017"


def test_the_page_says_how_long_a_post_to_the_core_waits_and_when_it_is_tried_again() -> None:
    tempo = load_policy(data_folder("config") / "policy.toml").tempo
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    for said in (
        f"no answer within {TIMEOUT.total:g} s ({TIMEOUT.connect:g} s to connect)",
        f"is tried again after {tempo.delivery_first_retry.total_seconds():g} s",
        f"at most {tempo.delivery_max_retry // timedelta(minutes=1)} minutes",
        {3600: "`Retry-After` is obeyed, up to an hour"}[int(MAX_RETRY_AFTER_S)],
        f"If the {tempo.delivery_attempts}th try fails",
    ):
        assert said in page
