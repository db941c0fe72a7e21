"""The last line of defence of the log: what looks like a number, a name or a secret is masked. Knows no case, no party.

Personal data has no business in a log line in the first place. This catches what slipped through.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

MASKED, NUMBER, SECRET = "[masked]", "[number]", "[secret]"
_MAX_DEPTH = 6
_MAX_KEYS = 4096

DENIED_KEYS = frozenset(
    """
    account address alternate_phones amount api_key api_secret auth_token authorization birth_year body called caller
    callername callee content cookie customer_name data_key digits display_name email finished_speech forwardedfrom
    first_name form from from_ full_name guardian_name guardians heard headers key keys last_name message_body msisdn
    name names note notes number numbers params parameters password payee payee_name payload phone phones
    question reply said secret secrets signature speech speechresult speech_result spoken text to token tokens
    transcript transcription unstable_speech utterance words
    """.split()
)
_DENIED_ENDINGS = ("_phone", "_phones", "_name", "_secret", "_token", "_password", "_amount", "_speech", "_msisdn")
_HARMLESS_KEYS = frozenset({"node_name", "job_name", "file_name", "task_name", "thread_name", "client_name"})

_SUSPECT = re.compile(r"\d(?:[\s().\-–%]{0,3}\d){6}|whsec_|(?i:bearer|basic)\s|://[^/\s]*@")
"""Cheap to search, and found in everything that is masked."""
_SECRETS = re.compile(
    r"(?P<whsec>whsec_[A-Za-z0-9+/=_-]*)"
    r"|(?P<scheme>(?i:\b(?:bearer|basic)))\s+[A-Za-z0-9+/=._~-]+"
    r"|(?P<user>://)[^/\s@]*@"
)
_TOKENS = re.compile(
    # Kept as they are: UUIDs, moments and dates.
    r"(?P<keep>(?<![0-9A-Za-z_])(?:"
    r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\d(?:[T ][0-2]\d:[0-5]\d(?::[0-6]\d(?:[.,]\d{1,6})?)?)?"
    r")(?![0-9A-Za-z_]))"
    # Numbers with a plus, however they are spaced, and as a URL writes them.
    r"|(?P<plus>(?:[+＋]|%2[Bb])\s?\(?\d(?:[\s().\-–]{0,2}\d){5,})"
    # Numbers without one, in groups as people write them.
    r"|(?P<spaced>(?<![0-9A-Za-z_.:])\(?0?\d{1,4}\)?(?:[ \-.–]\d{2,4}){1,4}(?![0-9A-Za-z_:]))"
    # Words that hold eight digits in a row: an id, or a number.
    r"|(?P<word>[0-9A-Za-z_]*\d{8}[0-9A-Za-z_]*)"
)
