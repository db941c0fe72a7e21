"""The field types of a script. In the file every value is a string; error texts are Wakeup's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic_core import PydanticCustomError

from wakeup.ivr.nlu.meaning import Meaning

SHARES = 100
"""Sum of the shares of a split."""
MAX_STEPS = 80
MAX_VISITS = 4
MAX_CALL_S = 600
MAX_TALK_S = 1800
"""For a talk in a conference with a person the callee knows."""
MAX_DIGITS = 12
"""The caps of the code. A script may set tighter limits, never wider ones."""
_KEYS = "0123456789*"
_LONGEST_TIMEOUT_S = 60


def refuse(reason: str) -> PydanticCustomError:
    """Return a pydantic error with a text of our own."""
    return PydanticCustomError("script", "{reason}", {"reason": reason})


def _whole(value: object, most: int, reason: str) -> int:
    if isinstance(value, str) and value.isascii() and value.isdigit() and 1 <= int(value[:4]) <= most:
        return int(value)
    raise refuse(reason)


def _seconds(value: object) -> int:
    return _whole(value, _LONGEST_TIMEOUT_S, f"must be 1 to {_LONGEST_TIMEOUT_S} seconds")


def _steps(value: object) -> int:
    return _whole(value, MAX_STEPS, f"must be 1 to {MAX_STEPS} steps")


def _visits(value: object) -> int:
    return _whole(value, MAX_VISITS, f"must be 1 to {MAX_VISITS} visits")


def _talk_seconds(value: object) -> int:
    return _whole(value, MAX_TALK_S, f"must be 1 to {MAX_TALK_S} seconds")


def _call_seconds(value: object) -> int:
    return _whole(value, MAX_CALL_S, f"must be 1 to {MAX_CALL_S} seconds")


def _count(value: object) -> int:
    if value == "1":
        raise refuse("must be at least 2; for one key use a menu")
    return _whole(value, MAX_DIGITS, f"must be 2 to {MAX_DIGITS} digits")


def _share(value: object) -> int:
    return _whole(value, SHARES, f"must be 1 to {SHARES}")


def _text(value: object) -> str:
    if isinstance(value, str) and value.strip():
        return value
    raise refuse("must be a string")


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple) and value and all(isinstance(item, str) and item for item in value):
        return tuple(value)
    raise refuse("must be a list of strings")


def _flag(value: object) -> bool:
    if value in ("yes", "no"):
        return value == "yes"
    raise refuse("must be one of yes, no")


def _weight(value: object) -> Decimal:
    if value in ("1", "2"):
        return Decimal(str(value))
    raise refuse("must be one of 1, 2")


def _risk(value: object) -> Meaning:
    if value in ("yes", "no"):
        return Meaning(str(value))
    raise refuse("must be one of yes, no")


def _key(value: object) -> str:
    if isinstance(value, str) and len(value) == 1 and value in _KEYS:
        return value
    raise refuse("is not a key (0-9, *)")


def _meaning(value: object) -> Meaning:
    try:
        return Meaning(str(value))
    except ValueError:
        raise refuse(f"is not a meaning ({', '.join(Meaning)})") from None


def _schema(**schema: object) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", **schema})


Text = Annotated[str, BeforeValidator(_text), _schema(minLength=1)]
Name = Text
"""Name of a node, a prompt, a flag or a variable."""
Names = Annotated[
    tuple[str, ...],
    BeforeValidator(_texts),
    WithJsonSchema({"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}}),
]
Seconds = Annotated[int, BeforeValidator(_seconds), _schema(pattern="^([1-9]|[1-5][0-9]|60)$")]
Count = Annotated[int, BeforeValidator(_count), _schema(pattern="^([2-9]|1[0-2])$")]
Steps = Annotated[int, BeforeValidator(_steps), _schema(pattern="^([1-9]|[1-7][0-9]|80)$")]
Visits = Annotated[int, BeforeValidator(_visits), _schema(pattern="^[1-4]$")]
CallSeconds = Annotated[int, BeforeValidator(_call_seconds), _schema(pattern="^([1-9][0-9]?|[1-5][0-9][0-9]|600)$")]
TalkSeconds = Annotated[int, BeforeValidator(_talk_seconds), _schema(pattern="^([1-9][0-9]{0,2}|1[0-7][0-9]{2}|1800)$")]
Share = Annotated[int, BeforeValidator(_share), _schema(pattern="^([1-9][0-9]?|100)$")]
Flag = Annotated[bool, BeforeValidator(_flag), _schema(enum=["yes", "no"])]
Risk = Annotated[Meaning, BeforeValidator(_risk), _schema(enum=["yes", "no"])]
Weight = Annotated[Decimal, BeforeValidator(_weight), _schema(enum=["1", "2"])]
Key = Annotated[str, BeforeValidator(_key), _schema(pattern="^[0-9*]$")]
Word = Annotated[Meaning, BeforeValidator(_meaning), _schema(enum=[str(meaning) for meaning in Meaning])]


class Part(BaseModel):
    """Anything a script is made of: no name that is not known, nothing changed once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
