"""The JSON schema for editors is the one that the models give."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.house.tree import ROOT
from wakeup.cli.commands.scripts_schema import DRAFT, schema, schema_of_file
from wakeup.ivr.script import ScriptFile
from wakeup.ivr.subscripts import SECTIONS

FILE = ROOT / "scripts_ivr" / "script.schema.json"


def test_the_shipped_schema_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    schema()
    printed = capsys.readouterr().out
    assert printed == FILE.read_text(encoding="utf-8"), "run: wakeup scripts schema > scripts_ivr/script.schema.json"
    assert json.loads(printed)["$schema"] == DRAFT
    assert "$id" not in json.loads(printed)


def test_the_schema_knows_every_field_and_lets_subscripts_bring_the_rest() -> None:
    known = schema_of_file()
    assert set(known["properties"]) == set(ScriptFile.model_fields) - {"recordings"}, "which are found, not written"
    assert set(known["$defs"]["Languages"]["properties"]) == {"default", "supported", "fallback"}
    required = {name for name, field in ScriptFile.model_fields.items() if field.is_required()}
    assert {*known["required"], *known["then"]["required"]} == required
    assert not set(known["required"]) & set(SECTIONS)
    for path in sorted((ROOT / "scripts_ivr").glob("*/script.yaml")):
        written = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        assert set(known["required"]) <= set(written) <= set(known["properties"]), path


def values(part: Any) -> list[Any]:
    if isinstance(part, dict):
        own = [part["default"]] if "default" in part and not isinstance(part["default"], dict) else []
        return own + [found for value in part.values() for found in values(value)]
    return [found for item in part for found in values(item)] if isinstance(part, list) else []


def test_every_default_is_a_text_as_files_have_them() -> None:
    defaults = values(schema_of_file())
    assert len(defaults) > 10
    assert all(isinstance(default, str) and default for default in defaults)
    assert '"null"' not in json.dumps(schema_of_file())
