"""Parse variables that a writer gives to a tried call: by name, with a text or with the usual example."""

from __future__ import annotations

from collections.abc import Sequence

from wakeup.domain.errors import ConfigError
from wakeup.ivr.render import Value, Variables
from wakeup.ivr.script import Script, VariableType
from wakeup.workshop.lint.facts import example


def given_variables(script: Script, language: str, given: Sequence[str]) -> Variables:
    """Return the variables given as `name` or `name=text`. A flag is true unless its text is `no`. Raises
    ConfigError."""
    examples = example(script.variables, language, full=True)
    values: dict[str, Value] = {}
    faults = []
    for one in given:
        name, told, text = one.partition("=")
        if name not in script.variables:
            faults.append(f"unknown variable {name!r}; must be one of: {', '.join(sorted(script.variables))}")
        elif script.variables[name].type is VariableType.FLAG:
            values[name] = text != "no"
        else:
            values[name] = text if told else examples[name]
    if faults:
        raise ConfigError(faults)
    return values
