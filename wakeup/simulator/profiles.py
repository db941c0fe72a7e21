"""Profiles of the callees: one table by the last two digits of a number, and the mix of ordinary numbers.

Suffixes 50 to 99 are magic (`MAGIC`); numbers ending in 00 to 49 get a profile by seed with the rates of `MIX`.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from wakeup.simulator.understanding import Choice

C = Choice
_LISTENS = (C.OWNER, C.CODE_MATCHES, C.GO_ON, C.MADE_IT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of callee. `wants` are the choices taken when offered, best first; `risky` and `controlled` decide
    the answers to yes-or-no questions."""

    name: str
    wants: tuple[Choice, ...] = ()
    risky: bool = True
    """True if the payment's story has the marks of a scam."""
    controlled: bool = False
    """True if somebody tells this callee what to do or say."""
    first_calls: tuple[str, ...] = ()
    """Result of the first calls: busy or no_answer."""
    line: str = "answers"
    """answers, no_answer, rejects, failed"""
    verdict: str = "human"
    ring: tuple[float, float] = (4.0, 12.0)
    reaction: tuple[float, float] = (0.8, 2.5)
    same_key: str = ""
    """The key pressed in answer to everything."""
    patience: float = 600.0
    """Seconds after the answer until the callee hangs up."""
    silent: bool = False
    unsure: bool = False
    repeats: int = 0
    """How often the callee asks to hear a question again before answering."""
    speaks: bool = False
    """True if the callee answers in words where words are accepted."""
    words: tuple[str, str] = ("", "")
    """Said once at the first question about the payment (Chinese, English)."""
    greets: tuple[str, str] = ("", "")
    """Said at the first chance, as a call screener does."""
    refusal: int = 0
    """Twilio's error code for creating a call to it."""
    no_text: int = 0
    """Twilio's error code with which SMS stay undelivered."""
    text_reply: str = ""
    """A guardian's opinion on an SMS: suspicious, known, unknown or call; or stop, wrong_code, chatty, hostile.
    Empty means no reply."""
    reply_after: tuple[float, float] = (20.0, 240.0)
    """Seconds until the reply to an SMS."""
    agent: str = ""
    """Behaviour of an agent of the bank: accepts, ignores, voicemail, or hangs_up half-way. Empty for all others."""
    talk: tuple[float, float] = (60.0, 100.0)
    """Seconds that an agent's conversation lasts."""


def _machine(name: str, verdict: str, **more: object) -> Profile:
    settings: dict[str, object] = {"ring": (15.0, 22.0), "silent": True, "patience": 45.0, "verdict": verdict, **more}
    return Profile(name=name, **settings)  # type: ignore[arg-type]  # the keys are Profile's own


_HEEDS = Profile(name="heeds", wants=(*_LISTENS, C.CANCEL, C.KEEP))
_INSISTS = (*_LISTENS, C.PROCEED, C.OTHER)

_GREETING = (
    "您好，您拨打的用户暂时无法接听，请在滴声后留言",
    "The person you are calling is not available. Please leave a message after the tone.",
)

_AT_THE_DESK = (1.0, 3.0)

MAGIC: dict[str, Profile] = {
    "50": _HEEDS,
    "51": Profile(name="insists", wants=_INSISTS, risky=False),
    "52": Profile(name="insists_contradicted", wants=_INSISTS, controlled=True),
    "53": Profile(name="coached", same_key="1", reaction=(0.2, 0.5), controlled=True),
    "54": Profile(name="confused", wants=(*_LISTENS, C.KEEP), unsure=True, repeats=1, reaction=(2.5, 4.0)),
    "55": Profile(name="silent", silent=True),
    "56": Profile(name="hangs_up", silent=True, patience=6.0),
    "57": Profile(name="wrong_person", wants=(C.NOT_OWNER, C.WRONG_NUMBER)),
    "58": Profile(name="asks_for_person", wants=(*_LISTENS, C.AGENT)),
    "59": Profile(name="cannot_talk", wants=(*_LISTENS, C.CANNOT_TALK), controlled=True),
    "60": Profile(
        name="distressed", wants=_LISTENS, words=("我不想活了，活着没意思", "I want to end my life"), speaks=True
    ),
    "61": Profile(name="already_paid", wants=(*_LISTENS, C.PAID, C.OTHER)),
    "62": Profile(name="stops_calls", same_key="*"),
    "63": Profile(name="busy_then_heeds", wants=_HEEDS.wants, first_calls=("busy",)),
    "64": Profile(name="no_answer", line="no_answer"),
    "65": Profile(name="no_answer_then_heeds", wants=_HEEDS.wants, first_calls=("no_answer",)),
    "66": Profile(name="rejects", line="rejects"),
    "67": _machine("voicemail", "machine_end_beep", silent=False, greets=_GREETING),
    "68": _machine(
        "call_screener",
        "unknown",
        ring=(1.0, 2.0),
        silent=False,
        greets=(
            "您好，机主正忙，我是来电助理，请问您是哪位，有什么事？",
            "Please state your name and why you are calling.",
        ),
    ),
    "69": _machine("fax", "fax", ring=(4.0, 6.0)),
    "70": Profile(name="forwarded", wants=(C.OWNER, C.CODE_DIFFERS, *_INSISTS), risky=False),
    "71": Profile(name="carrier_failure", line="failed", no_text=30003),
    "72": Profile(name="invalid_number", refusal=21211),
    "73": Profile(name="geo_blocked", refusal=21215),
    "74": _machine("machine_judged_human", "human", silent=False, greets=_GREETING),
    "75": Profile(name="human_judged_machine", wants=_HEEDS.wants, verdict="machine_end_beep"),
    "76": Profile(name="speaks", wants=_HEEDS.wants, speaks=True),
    "77": Profile(name="keeps_hold", wants=(*_LISTENS, C.KEEP)),
    "78": Profile(name="not_me", wants=(C.OWNER, C.CODE_MATCHES, C.GO_ON, C.NOT_MADE)),
    "79": Profile(name="calls_bank", wants=(C.OWNER, C.CODE_MATCHES, C.CHECK_FIRST, C.MADE_IT, C.CALL_BANK, C.OTHER)),
    "80": Profile(name="relative_answers", wants=(C.NOT_OWNER, C.OWNER_AWAY)),
    "81": Profile(name="yields_at_last", wants=(*_LISTENS, C.OTHER, C.KEEP, C.PROCEED)),
    "82": Profile(name="reached_late_and_insists", wants=_INSISTS, risky=False, first_calls=("no_answer", "no_answer")),
    "85": Profile(name="guardian_suspicious", wants=(*_LISTENS, C.KEEP), text_reply="suspicious"),
    "86": Profile(name="guardian_knows", wants=(*_LISTENS, C.OTHER), text_reply="known"),
    "87": Profile(name="guardian_unsure", text_reply="unknown", unsure=True),
    "88": Profile(name="guardian_stops", text_reply="stop"),
    "89": Profile(name="guardian_calls", text_reply="call"),
    "90": Profile(name="guardian_late", text_reply="suspicious", reply_after=(2400.0, 5400.0)),
    "91": Profile(name="guardian_wrong_code", text_reply="wrong_code"),
    "92": Profile(name="guardian_chatty", text_reply="chatty"),
    "93": Profile(name="guardian_hostile", text_reply="hostile"),
    "94": Profile(name="guardian_deceived", wants=(*_LISTENS, C.OTHER), text_reply="known", reply_after=(20.0, 40.0)),
    "95": Profile(name="guardian_at_once", text_reply="suspicious", reply_after=(5.0, 20.0)),
    "96": Profile(name="guardian_landline", no_text=30006),
    "83": Profile(name="agent_hangs_up", agent="hangs_up", ring=_AT_THE_DESK),
    "97": Profile(name="agent_accepts", agent="accepts", ring=_AT_THE_DESK),
    "98": Profile(name="agent_ignores", agent="ignores"),
    "99": Profile(name="agent_voicemail", agent="voicemail", ring=(10.0, 14.0)),
}
"""Last two digits of a number → profile of the callee."""

MIX: dict[str, float] = {
    "50": 0.24, "51": 0.09, "52": 0.05, "53": 0.03, "54": 0.03, "55": 0.015, "56": 0.05, "57": 0.01, "58": 0.02,
    "59": 0.015, "60": 0.003, "61": 0.02, "62": 0.007, "63": 0.10, "64": 0.09, "65": 0.05, "66": 0.04, "67": 0.02,
    "68": 0.01, "70": 0.015, "71": 0.005, "76": 0.01, "77": 0.05, "78": 0.01, "79": 0.01, "80": 0.01,
}  # fmt: skip
"""Shares of ordinary numbers: about 0.6 answer a recognised business at once, 0.1 are engaged on the first call."""

GUARDIANS: dict[str, float] = {
    "85": 0.22, "86": 0.14, "87": 0.09, "88": 0.07, "89": 0.1, "90": 0.04, "91": 0.06, "92": 0.06, "93": 0.05,
    "94": 0.05, "95": 0.06, "96": 0.03, "50": 0.03,
}  # fmt: skip
"""Shares of the guardians of ordinary customers."""


@dataclass(slots=True)
class Register:
    """Assigns profiles to numbers, the same for every process with the same seed."""

    seed: int
    assigned: dict[str, Profile] = field(default_factory=dict)
    """Numbers that were given a profile explicitly."""

    def profile(self, number: str) -> Profile:
        known = self.assigned.get(number) or MAGIC.get(number[-2:])
        if known is not None:
            return known
        dice = random.Random(f"{self.seed}/{number}")  # noqa: S311
        suffix = dice.choices(list(MIX), weights=list(MIX.values()))[0]
        return MAGIC[suffix]
