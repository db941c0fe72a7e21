"""The curl example in docs/api.md sends what the API accepts."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wakeup.bank.parse import parse_risk_event
from wakeup.bank.signing import verify

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
