"""`wakeup scripts schema`: print the JSON Schema of `script.yaml` for the editors of script writers."""

from __future__ import annotations

import json
import sys
from typing import Any

from wakeup.ivr.script import ScriptFile
from wakeup.ivr.subscripts import SECTIONS

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_WHOLE = ("entry", "on")
"""Sections of which every part is required once the subscripts have been merged in."""

_FOUND = ("recordings",)
"""Properties that the loader fills in."""
_SAID_OTHERWISE = ("default", "title")
"""Keys that are dropped: defaults are written as a file has them, and the library's titles repeat the names."""


def schema() -> None:
    """Print the JSON Schema of `script.yaml`, for editors."""
    sys.stdout.write(schema_text())


def schema_text() -> str:
    """Return the schema as text, always in the same order: `scripts_ivr/script.schema.json` is this very text."""
    return json.dumps(schema_of_file(), ensure_ascii=False, indent=2) + "\n"


def schema_of_file() -> dict[str, Any]:
    """Return the schema of one file. Sections that subscripts may provide are not required in a script that names
    some."""
    whole = _as_written(ScriptFile.model_json_schema())
    parts = whole["$defs"]
    absent = [name for name in whole["required"] if name in SECTIONS]
    needed = {name: {"required": parts[name.capitalize()].pop("required")} for name in _WHOLE}
    return {
        "$schema": DRAFT,
        "title": "A script of Wakeup",
        "description": whole["description"],
        "type": "object",
        "required": [name for name in whole["required"] if name not in SECTIONS],
        "if": {"not": {"required": ["subscripts"]}},
        "then": {"required": absent, "properties": needed},
        "properties": {name: form for name, form in whole["properties"].items() if name not in _FOUND},
        "additionalProperties": False,
        "$defs": parts,
    }


def _as_written(part: Any) -> Any:
    """Rewrite a schema for files, in which every value is text, never null, a number or a boolean, and a node has
    a type."""
    if isinstance(part, list):
        return [_as_written(item) for item in part]
    if not isinstance(part, dict):
        return part
    choices = [choice for choice in part.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        part = {**choices[0], **{name: value for name, value in part.items() if name != "anyOf"}}
    # A field may itself be called `default` or `title`; then the value is its schema.
    own = {name: value for name, value in part.items() if name not in _SAID_OTHERWISE or isinstance(value, dict)}
    written = {name: _as_written(value) for name, value in own.items()}
    default = _text(part.get("default"))
    if default:
        written["default"] = default
    if "patternProperties" in written:
        written["additionalProperties"] = False
    kind = written.get("properties", {}).get("type", {})
    if "const" in kind:
        written["required"] = ["type", *written.get("required", ())]
    return written


def _text(value: object) -> str | None:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | str():
            return str(value)
        case _:
            return None
