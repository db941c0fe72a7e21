"""The variables of a tried call: those of a fictitious customer, from the script's samples (in English where those are
Chinese), and those that the writer gives by name, with a text or with the usual example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wakeup.domain.errors import ConfigError
from wakeup.domain.language import zh_or_en
from wakeup.ivr.render import Value, Variables
from wakeup.ivr.script import Script, VariableType
from wakeup.workshop.lint.facts import example

_ENGLISH: Mapping[str, str] = {
    "bank_name": "Star River Bank",
    "amount_spoken": "about 52,000 Singapore dollars",
    "payee_masked": "someone whose name begins with W",
    "police_number": "the police",
    "credit_bureau": "the credit bureau",
}


def sample_variables(script: Script, language: str) -> Variables:
    """Return a value for every variable the script requires. One without a sample gets its name as value."""
    samples: dict[str, Value] = {}
    for name, variable in script.variables.items():
        if variable.type is VariableType.FLAG:
            samples[name] = variable.sample == "yes"
            continue
        text = variable.sample
        if zh_or_en(language) != "zh" and not text.isascii():
            text = _ENGLISH.get(name, text)
        if not text and variable.required:
            text = "1234" if variable.type is VariableType.DIGITS else name.replace("_", " ")
        samples[name] = text or None
    return samples


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
