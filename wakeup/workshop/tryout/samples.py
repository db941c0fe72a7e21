"""Values of a fictitious customer: the script's samples, in English where those are Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from wakeup.domain.language import zh_or_en
from wakeup.ivr.render import Value, Variables
from wakeup.ivr.script import Script, VariableType

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
