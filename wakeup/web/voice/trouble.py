"""What a callee hears while we are in trouble: one moment, the same turn again, and after three tries a goodbye.

The count, the language and a pressed key travel in the query of the address, which the phone company signs. Speech does
not travel: it would be personal data in a URL; the question is asked again instead.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from multidict import MultiDict

from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Listen, Turn, Utterance
from wakeup.telephony.fields import Form, text
from wakeup.telephony.twiml import Voices, apology, render
from wakeup.telephony.urls import CallbackUrls

MOST_TRIES = 3
PAUSE_SECONDS = 3
_MOMENT = {"zh-CN": "请稍等。", "en": "One moment, please."}
_KEYS = re.compile(r"[0-9*#]{1,8}")
_COUNT = re.compile(r"[0-9]")


def action_url(urls: CallbackUrls, attempt: AttemptId, turn: int, language: str) -> str:
    """Where the callee's act goes. It names the language, so that even trouble is spoken in it."""
    return _with_query(urls.voice(attempt, turn), {"lang": language})


def with_kept_key(form: Form, query: Mapping[str, str]) -> Form:
    """The form, with the key that was pressed before the trouble, unless they have done something since."""
    kept = query.get("keys", "")
    if _KEYS.fullmatch(kept) is None or text(form, "Digits") or text(form, "SpeechResult"):
        return form
    merged = MultiDict(form)
    merged["Digits"] = kept
    return merged


def document(
    urls: CallbackUrls, voices: Voices, attempt: AttemptId, turn: int, form: Form, query: Mapping[str, str]
) -> str:
    """The same turn again in a moment; the goodbye when that was tried often enough. It cannot fail."""
    given = query.get("try", "0")
    tries = int(given) if _COUNT.fullmatch(given) else MOST_TRIES
    if tries >= MOST_TRIES:
        return apology(voices)
    language = query.get("lang", "")
    spoken = (language,) if language in _MOMENT else tuple(_MOMENT)
    again = {"lang": spoken[0]} if len(spoken) == 1 else {}
    digits = text(with_kept_key(form, query), "Digits")
    if _KEYS.fullmatch(digits):
        again["keys"] = digits
    moment = Turn(
        n=turn,
        node="trouble",
        utterances=tuple(Utterance(text=_MOMENT[tongue], language=tongue) for tongue in spoken),
        # Listening is the pause: a key pressed meanwhile is not lost either.
        listen=Listen(timeout_s=PAUSE_SECONDS, speech=False),
        language=spoken[0],
    )
    return render(moment, _with_query(urls.voice(attempt, turn), {"try": str(tries + 1), **again}), voices)


def _with_query(url: str, pairs: Mapping[str, str]) -> str:
    address, mark, fragment = url.partition("#")
    return f"{address}?{urlencode(pairs)}{mark}{fragment}"
