"""The words of scripts: Jinja2 in a sandbox, with variables, `if` and one filter; and the loading of the library."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from wakeup.ivr.checks import before_verification
from wakeup.ivr.library import Library, Published, content_hash
from wakeup.ivr.parse import parse_script
from wakeup.ivr.script import Hearer, Script, ScriptError, prompts_of
from wakeup.ivr.walk import Variables
from wakeup.ivr.wording import spoken_digits
from wakeup.runtime.strict_yaml import StrictYamlError, load_yaml

MAX_WORDS = 400
"""Characters of one prompt: a synthetic voice takes 500 Chinese ones at most, and variables come on top."""
_ALLOWED = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Filter, nodes.If, nodes.Not)
_FILTERS = frozenset({"digits"})
_UNSPEAKABLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]+"
)


class JinjaPrompts:
    """All prompts of one version of one script, compiled once."""

    def __init__(self, script_id: str, prompts: Mapping[str, Mapping[str, str]]) -> None:
        self._script_id = script_id
        self._templates: dict[tuple[str, str], Template] = {}
        for language, texts in prompts.items():
            environment = _environment(language)
            for prompt, text in texts.items():
                self._templates[language, prompt] = environment.from_string(text)

    def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
        """The words, on one line, without characters no voice can say. A variable not given raises."""
        if script_id != self._script_id:
            raise KeyError(f"prompts of {self._script_id} were asked for {script_id}")
        words = self._templates[language, prompt_id].render(**variables)
        return " ".join(_UNSPEAKABLE.sub(" ", words).split())


def load_library(folder: Path) -> Library:
    """Every script in the sub-folders of `folder`. Raises ScriptError with all faults of all files."""
    faults: list[str] = []
    entries = [entry for path in sorted(folder.glob("*/script.yaml")) if (entry := _load(path.parent, faults))]
    if not entries and not faults:
        faults.append(f"{folder.name}: holds no script")
    if faults:
        raise ScriptError(faults)
    return Library(entries)


def _load(folder: Path, faults: list[str]) -> Published | None:
    found: list[str] = []
    data = _read(folder / "script.yaml", found)
    prompts: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("prompts.*.yaml")):
        prompts[path.name.removeprefix("prompts.").removesuffix(".yaml")] = _texts(path, _read(path, found), found)
    script = None
    if isinstance(data, Mapping):
        try:
            script = parse_script(data, prompts)
        except ScriptError as error:
            found += error.faults
    elif not found:
        found.append("script.yaml: must be a mapping")
    if script is not None:
        _check_words(script, prompts, found)
    if found or script is None:
        faults += [f"{folder.name}/{fault}" for fault in found]
        return None
    if script.id != folder.name:
        faults.append(f"{folder.name}/id: must be the name of the folder")
        return None
    pinned = replace(script, content_hash=content_hash(data, prompts))
    return Published(script=pinned, prompts=JinjaPrompts(script.id, prompts))


def _read(path: Path, faults: list[str]) -> Any:
    try:
        return load_yaml(path)
    except StrictYamlError as error:
        faults.append(f"{path.name}: {error}")
        return None


def _texts(path: Path, data: Any, faults: list[str]) -> dict[str, str]:
    if data is None:
        return {}
    if not isinstance(data, dict) or not all(isinstance(text, str) for text in data.values()):
        faults.append(f"{path.name}: must be a mapping of prompt ids to texts")
        return {}
    return data


def _check_words(script: Script, prompts: Mapping[str, Mapping[str, str]], faults: list[str]) -> None:
    early = {prompt for name in before_verification(script) for prompt in prompts_of(script.nodes[name])}
    for language, texts in prompts.items():
        environment = _environment(language)
        for prompt, text in texts.items():
            where = f"prompts.{language}.{prompt}"
            try:
                tree = environment.parse(text)
            except TemplateSyntaxError as error:
                faults.append(f"{where}: {error.message}")
                continue
            faults += [f"{where}: {fault}" for fault in _faults_of(script, tree, spoken_early=prompt in early)]
            if len(text) > MAX_WORDS:
                faults.append(f"{where}: is longer than {MAX_WORDS} characters")


def _faults_of(script: Script, tree: nodes.Template, *, spoken_early: bool) -> Iterator[str]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _ALLOWED):
            yield f"{type(node).__name__.lower()} is not allowed; only variables, if and filters are"
        elif isinstance(node, nodes.Filter) and (node.name not in _FILTERS or node.args or node.kwargs):
            yield f"filter {node.name!r} is not known; there is only {', '.join(sorted(_FILTERS))}"
        elif isinstance(node, nodes.Name):
            variable = script.variables.get(node.name)
            if variable is None:
                yield f"variable {node.name!r} is not declared"
            elif spoken_early and variable.heard_by is Hearer.RIGHT_PARTY:
                yield f"variable {node.name!r} is for the right party, but somebody else may hear this prompt"


def _environment(language: str) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.tests.clear()
    environment.filters.clear()
    environment.filters["digits"] = lambda code: spoken_digits(code, language)
    return environment
