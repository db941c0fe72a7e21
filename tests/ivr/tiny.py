"""The smallest possible library, and helpers to change what is in it."""

from __future__ import annotations

from pathlib import Path

from wakeup.workshop.stories.run import run

TINY = "tiny/stories.yaml"
SCRIPT = """
format: wakescript/1
id: tiny
version: "1"
title: As small as can be
languages: {default: en, supported: [en, zh-CN]}
voices: {en: {voice: A}, zh-CN: {voice: B}}
variables:
  bank_name: {type: text, heard_by: anyone, sample: 星河银行}
  callback_time: {type: text, heard_by: anyone, required: "no"}
entry: {human: start, unknown: start, machine: machine, fax: machine}
"on": {silent: bye, unclear: bye, error: sorry, limit: enough, cancelled: bye}
keys: {"9": repeat}
nodes:
  start: {type: menu, prompts: [hello], reprompts: [again], keys: {"1": bye}}
  machine: {type: hangup}
  bye: {type: hangup, prompts: [bye]}
  sorry: {type: hangup, prompts: [sorry]}
  enough: {type: hangup, prompts: [bye]}
"""
WORDS = "hello: '{{ bank_name }}'\nagain: Again.\nbye: '{% if callback_time %}Until {{ callback_time }}.{% endif %} Bye.'\nsorry: Sorry.\n"
STORIES = """
ways: {begin: [answered human], round: [begin, round]}
sayings: {half: {zh-CN: 好的}}
stories:
  one: {inputs: [begin, key 1], contact: unverified_human, outcome: partial}
  later: {variables: {callback_time: noon}, inputs: [answered unknown, key 1], contact: unverified_human, outcome: partial}
  silent: {inputs: [begin, silence, silence], contact: unverified_human, outcome: partial}
  unclear: {inputs: [begin, key 8, key 8], contact: unverified_human, outcome: partial}
  cancelled: {inputs: [begin, cancelled], contact: unverified_human, outcome: partial}
  machine: {inputs: [answered machine], contact: voicemail, outcome: no_input}
  fax: {inputs: [answered fax], contact: fax, outcome: no_input}
  broken: {broken: [again], inputs: [begin, key 8], contact: unverified_human, outcome: partial}
  limit: {inputs: [begin, key 9, key 9, key 9, key 9], contact: unverified_human, outcome: partial}
"""


def tiny_library(library: Path) -> Path:
    """One script with all its stories told and written down."""
    (library / "tiny").mkdir(parents=True)
    files = {"script.yaml": SCRIPT, "prompts.en.yaml": WORDS, "prompts.zh-CN.yaml": WORDS, "stories.yaml": STORIES}
    for name, text in files.items():
        (library / "tiny" / name).write_text(text, "utf-8")
    assert run(library, update=True).clean
    return library


def tell(library: Path, *lines: str) -> None:
    """Add one more story."""
    with (library / "tiny/stories.yaml").open("a", encoding="utf-8") as file:
        file.write("\n".join([*lines, ""]))


def edit(library: Path, file: str, old: str, new: str) -> None:
    text = (library / file).read_text("utf-8")
    assert text.count(old) == 1, old
    (library / file).write_text(text.replace(old, new), "utf-8")


def line_of(library: Path, file: str, text: str) -> int:
    lines = (library / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)
