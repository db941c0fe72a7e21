"""Turn plain data into a `Script`. All faults are collected before raising, so that a writer sees them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from wakeup.ivr.script import Finding, Languages, Script, ScriptError, ScriptFile


def read_script(data: Any) -> Script:
    """Return the script, checking only its form. Raises ScriptError."""
    if not isinstance(data, Mapping):
        raise ScriptError([Finding(rule="form", path="script", why="must be a mapping")])
    refusal = list(_languages(data))
    try:
        script = Script.of(ScriptFile.model_validate(data))
    except ValidationError as error:
        refusal += [_finding(detail) for detail in error.errors(include_url=False, include_input=False)]
        raise ScriptError(refusal) from None
    if refusal:
        raise ScriptError(refusal)
    return script


def _languages(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Find faults in the languages. The data may be ill-formed: the form check reports what is no list."""
    try:
        known = Languages.model_validate(data.get("languages"))
    except ValidationError:
        return
    if known.default not in known.supported:
        yield _form("languages.default", f"{known.default!r} is not among the supported languages")
    for locale, language in known.fallback.items():
        if language not in known.supported:
            yield _form(f"languages.fallback.{locale}", f"must be one of {', '.join(known.supported)}")
    voices = data.get("voices")
    spoken = set(voices) if isinstance(voices, Mapping) else set()
    yield from (_form(f"voices.{language}", "is missing") for language in known.supported if language not in spoken)
    yield from (_form(f"voices.{language}", "is unknown here") for language in sorted(spoken - {*known.supported}))


def _form(path: str, why: str) -> Finding:
    return Finding(rule="form", path=path, why=why)


_KINDS = frozenset(
    {"say", "play", "menu", "question", "score", "branch", "split", "set", "language", "decide", "hangup"}
    | {"collect", "speech", "record", "transfer", "conference", "notify", "callback"}
)


def _finding(detail: ErrorDetails) -> Finding:
    # pydantic puts the type of a node between its name and its field, and `[key]` after a faulty name.
    way = list(detail["loc"])
    if len(way) > 2 and way[0] == "nodes" and way[2] in _KINDS:
        del way[2]
    if way and way[-1] == "[key]":
        way.pop()
    path = ""
    for step in way:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    why = _WHY.get(detail["type"]) or detail["msg"]
    context = detail.get("ctx", {})
    expected = str(context.get("expected") or context.get("expected_tags") or "")
    if expected:
        words = expected.replace(" or ", ", ").replace("'", "")
        why = f"must be one of {words}" if "," in words else f"must be {words}"
    if detail["type"] == "union_tag_not_found":
        path, why = f"{path}.type", "is missing"
    elif detail["type"] == "union_tag_invalid":
        path = f"{path}.type"
    return _form(path or "script", why)


_WHY = {
    "missing": "is missing",
    "extra_forbidden": "is unknown here",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "dict_type": "must be a mapping",
    "tuple_type": "must be a list of mappings",
    "too_short": "must not be empty",
}
