"""A phone company that calls our webhooks: it signs requests with code of its own, and parses our TwiML."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from tests.web.world import ACCOUNT, PUBLIC, TOKEN, Caller, Heard
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Listen, Turn, Utterance

ATTEMPT = AttemptId("att_1")
SID = "CA" + "1" * 32
CALL: Mapping[str, str] = {
    "CallSid": SID,
    "AccountSid": ACCOUNT,
    "To": "+6591234567",
    "From": "+6531234567",
    "Direction": "outbound-api",
    "CallStatus": "in-progress",
}
QUESTION = Turn(
    n=1,
    node="origin",
    utterances=(Utterance(text="Did somebody ask you to?", language="en"),),
    listen=Listen(),
    language="en",
)
FAREWELL = Turn(n=2, node="bye", utterances=(Utterance(text="再见。", language="zh-CN"),))


def path_of(url: str) -> str:
    """The path that the service receives for a URL it has given out. The fragment is never sent."""
    assert url.startswith(PUBLIC)
    return url.removeprefix(PUBLIC).partition("#")[0]


def sign(url: str, form: Mapping[str, str], token: str = TOKEN) -> str:
    text = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.digest(token.encode(), text.encode(), hashlib.sha1)).decode()


async def call_in(caller: Caller, path: str, token: str = TOKEN, base: Mapping[str, str] = CALL, **more: Any) -> Heard:
    """One signed webhook; a value of None leaves the field out."""
    form = {name: value for name, value in {**base, **more}.items() if value is not None}
    return await send(caller, path, form, sign(PUBLIC + path, form, token))


async def send(caller: Caller, path: str, form: Mapping[str, str], signature: str | None) -> Heard:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if signature is not None:
        headers["X-Twilio-Signature"] = signature
    return await caller.ask("POST", path, data=urlencode(form).encode(), headers=headers)


def document(heard: Heard) -> ET.Element:
    assert heard.status == 200
    assert heard.headers["Content-Type"] == "text/xml; charset=utf-8"
    return ET.fromstring(heard.body)


def verbs(heard: Heard) -> list[str]:
    return [child.tag for child in document(heard)]


def spoken(heard: Heard) -> str:
    return " ".join(say.text or "" for say in document(heard).iter("Say"))


def action(heard: Heard) -> str:
    """The path to which the TwiML verb posts the callee's input."""
    gather = document(heard).find("Gather")
    assert gather is not None
    return path_of(gather.attrib["action"])
