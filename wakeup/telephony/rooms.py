"""The TwiML that sends a call into a conference."""

from __future__ import annotations

from dataclasses import dataclass

from twilio.twiml.voice_response import Dial

from wakeup.ivr.turn import Room

MAX_IN_A_ROOM, MAX_WITH_US = 3, 5
"""The customer, a guardian and a colleague; with an agent there may also be supervisors who listen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What is heard in a conference until the talk begins, and where events are reported."""

    hold_url: str
    events_url: str


def meet(room: Room, action_url: str, waiting: Waiting | None) -> Dial:
    # Star leaves the conference, and leaving it ends it for all (unless `beside`). There is no hold music; who waits
    # hears our own words.
    dial = Dial(action=action_url, method="POST", time_limit=room.talk_s, hangup_on_star=True)
    more: dict[str, str | bool] = {}
    if room.muted:
        more["muted"] = True
    if room.coach is not None:
        more["coach"] = room.coach
    if waiting is not None:
        more |= {
            "status_callback": waiting.events_url, "status_callback_event": "start end join leave",
            "status_callback_method": "POST",
        }  # fmt: skip
    dial.conference(
        room.name,
        beep="false" if waiting is not None and not room.announced else "onEnter",
        start_conference_on_enter=not (room.hold or room.beside),
        end_conference_on_exit=not room.beside,
        wait_url=waiting.hold_url if waiting is not None and room.hold else "",
        max_participants=MAX_IN_A_ROOM if waiting is None else MAX_WITH_US,
        **more,
    )
    return dial
