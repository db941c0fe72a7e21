"""What a callee hears during a fault on our side: "one moment", the same turn again, and after three tries a
goodbye.

The count, the language, a pressed key, a recording's id and how a colleague's call ended are kept in the URL's
query, which the phone provider signs. Speech and several digits are not, because they would be personal data in a
URL; the callee is asked for them again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from multidict import MultiDict

from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Listen, Turn, Utterance
from wakeup.telephony.fields import Form, text
from wakeup.telephony.twiml import apology, render
from wakeup.telephony.urls import CallbackUrls

MAX_TRIES = 3
PAUSE_SECONDS = 3
_MOMENT = {"zh-CN": "请稍等。", "en": "One moment, please."}
_KEPT = {
    "keys": ("Digits", re.compile(r"[0-9*#]")),
    "recording": ("RecordingSid", re.compile(r"RE[0-9a-f]{32}")),
    "seconds": ("RecordingDuration", re.compile(r"[0-9]{1,4}")),
    "dialled": ("DialCallStatus", re.compile(r"[a-z-]{1,16}")),
}
"""What is kept: query name, form field, and allowed form of the value."""
_COUNT = re.compile(r"[0-9]")


def action_url(urls: CallbackUrls, attempt: AttemptId, turn: int, language: str) -> str:
    """Return the URL that takes the callee's input. It contains the language, so that a fault is announced in it,
    too."""
    return _with_query(urls.voice(attempt, turn), {"lang": language})


def with_kept_act(form: Form, query: Mapping[str, str]) -> Form:
    """Return the form with the key or recording from before the fault, unless the callee has done something since."""
    if any(text(form, name) for name in ("Digits", "SpeechResult", "RecordingUrl", "RecordingSid", "DialCallStatus")):
        return form
    kept = {
        form_name: query[name] for name, (form_name, shape) in _KEPT.items() if shape.fullmatch(query.get(name, ""))
    }
    return MultiDict({**form, **kept}) if kept else form


def document(urls: CallbackUrls, attempt: AttemptId, turn: int, form: Form, query: Mapping[str, str]) -> str:
    """Return the same turn again after a moment, or the goodbye after enough tries. It cannot fail."""
    given = query.get("try", "0")
    tries = int(given) if _COUNT.fullmatch(given) else MAX_TRIES
    if tries >= MAX_TRIES:
        return apology()
    language = query.get("lang", "")
    spoken = (language,) if language in _MOMENT else tuple(_MOMENT)
    again = {"lang": spoken[0]} if len(spoken) == 1 else {}
    acted = with_kept_act(form, query)
    again |= {name: text(acted, of) for name, (of, shape) in _KEPT.items() if shape.fullmatch(text(acted, of))}
    moment = Turn(
        n=turn,
        node="trouble",
        utterances=tuple(Utterance(text=_MOMENT[tongue], language=tongue) for tongue in spoken),
        # Listening is the pause, so that a key pressed meanwhile is not lost.
        listen=Listen(timeout_s=PAUSE_SECONDS, speech=False),
        language=spoken[0],
    )
    return render(moment, _with_query(urls.voice(attempt, turn), {"try": str(tries + 1), **again}))


def _with_query(url: str, pairs: Mapping[str, str]) -> str:
    address, mark, fragment = url.partition("#")
    return f"{address}?{urlencode(pairs)}{mark}{fragment}"
