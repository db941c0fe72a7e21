"""A desk that also handles SMS: messages go out, receipts and replies come in."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.unit.builders import T0
from tests.unit.desk import Desk
from tests.unit.guardian_steps import DAUGHTER, SON, asked, asks, guardian
from wakeup.domain.confirmation import Confirmation, ConfirmationState
from wakeup.domain.ids import CaseId, SmsId, TransferId
from wakeup.domain.reply import ReplyKind, parse_reply
from wakeup.domain.sms import Sms
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.words.sms_templates import load_sms_templates
from wakeup.usecases.inputs import MessageIn, MessageProgress, MessageReport
from wakeup.usecases.ports import Placement, PostResult
from wakeup.usecases.texts.receive_reply import receive_reply
from wakeup.usecases.texts.send_texts import Sender, TextStarted, record_sending, start_text, texts_due
from wakeup.usecases.texts.text_receipts import record_receipt
from wakeup.usecases.texts.wait_for_replies import prompts_due, wait_for_reply
from wakeup.usecases.unit import Unit

OURS = "+6531580001"
SENDER = Sender(account="AC", from_=OURS)
S = ConfirmationState


def start_next(unit: Unit, sender: Sender, now: datetime) -> TextStarted:
    """Start the next due SMS, or return when the next one is due."""
    due = texts_due(unit, now, 1)
    return start_text(unit, sender, due.found[0], now) if due.found else TextStarted(again_at=due.next_due)


class SmsDesk(Desk):
    """A desk with SMS: every message that is due is sent, and gets a SID."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.sids = 0

    def send(self, now: datetime, placement: Placement | None = None) -> list[SmsId]:
        """Send everything that is due at `now`, one message a second."""
        sent = []
        while True:
            started = self.run(start_next, SENDER, now)
            if started.order is not None:
                self.sids += 1
                given = placement or Placement(proof=PostResult.ACCEPTED, call_sid=f"SM{self.sids:032}")
                self.run(record_sending, SENDER, started.order.sms_id, given, now)
                sent.append(started.order.sms_id)
            elif not started.more_due:
                if started.again_at is None or started.again_at > now + timedelta(seconds=2):
                    return sent
                now = started.again_at

    def words_anew(self, folder: Path) -> None:
        """The bank has changed the wording of its SMS templates."""
        for path in (data_folder("config") / "messages").glob("*.toml"):
            (folder / path.name).write_text(re.sub('(?m)^version = ".*"', 'version = "next"', path.read_text()))
        newer = load_sms_templates(folder, {"zh": "星河银行", "en": "Star River Bank"})
        self._dependencies = replace(self._dependencies, sms_templates=newer)

    def writes(self, body: str, now: datetime, from_: str = DAUGHTER, **more: Any) -> str:
        self.sids += 1
        sid = more.pop("sid", f"SM{self.sids:032}")
        return self.run(
            receive_reply,
            MessageIn(message_sid=sid, from_=from_, body=body, stops=parse_reply(body).act is ReplyKind.STOP, **more),
            now,
        )

    def receipt(self, sms: Sms, progress: MessageProgress, now: datetime, **more: Any) -> None:
        assert sms.message_sid is not None
        report = MessageReport(message_sid=sms.message_sid, progress=progress, to=sms.phone, **more)
        assert self.run(record_receipt, sms.id, report, now)

    def passes(self, now: datetime) -> None:
        """Let time pass: everything that falls due by then is done."""
        for confirmation_id in self.run(prompts_due, now, 100).found:
            self.run(wait_for_reply, confirmation_id, now)


def prompted(desk: SmsDesk, now: datetime = T0, n: int = 1, **event: Any) -> tuple[CaseId, Confirmation]:
    opened = desk.flag(n, now, **{"guardians": (guardian(), guardian(SON, "g_2")), **event})
    assert asks(desk, opened.case_id, now) is None
    desk.send(now)
    return opened.case_id, asked(desk, opened.case_id)[0]


def again(desk: Desk, confirmation: Confirmation) -> Confirmation:
    return desk.run(lambda unit: unit.confirmations.get(confirmation.id))


def kinds(desk: Desk, case_id: CaseId) -> list[str]:
    return [row["kind"] for row in desk.timeline(case_id)]


def t(n: int = 1) -> TransferId:
    return TransferId(f"t_{n}")
