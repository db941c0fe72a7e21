"""YAML as scripts may use it: texts, lists and mappings. No types to guess, no aliases, no name twice, no giants."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 12


class StrictYamlError(Exception):
    """The file cannot be used; the message names the line."""


def load_yaml(path: Path) -> Any:
    """The content of one file. Every scalar is a text, also `yes` and `1`. Raises StrictYamlError."""
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise StrictYamlError(f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = raw.decode("utf-8")
        return _plain(_composed(text), 0)
    except UnicodeDecodeError:
        raise StrictYamlError("is not UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        raise StrictYamlError(f"{where}{getattr(error, 'problem', None) or 'is no YAML'}") from None


def _composed(text: str) -> yaml.Node | None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise StrictYamlError(f"line {_line(event)}: anchors and aliases are not allowed")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise StrictYamlError(f"line {_line(event)}: is nested too deeply")
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
    node: yaml.Node | None = yaml.compose(text, Loader=yaml.BaseLoader)
    return node


def _plain(node: yaml.Node | None, depth: int) -> Any:
    match node:
        case None:
            return {}
        case yaml.ScalarNode() if _standard(node):
            return node.value
        case yaml.SequenceNode() if _standard(node):
            return [_plain(item, depth + 1) for item in node.value]
        case yaml.MappingNode() if _standard(node):
            return _mapping(node, depth)
    raise StrictYamlError(f"line {_line(node)}: tags are not allowed")


def _mapping(node: yaml.MappingNode, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name_node, value in node.value:
        if not isinstance(name_node, yaml.ScalarNode) or not _standard(name_node):
            raise StrictYamlError(f"line {_line(name_node)}: a name must be a text")
        if name_node.value in result:
            raise StrictYamlError(f"line {_line(name_node)}: {name_node.value!r} is there twice")
        result[name_node.value] = _plain(value, depth + 1)
    return result


def _standard(node: yaml.Node) -> bool:
    kind = {yaml.ScalarNode: "str", yaml.SequenceNode: "seq", yaml.MappingNode: "map"}[type(node)]
    return bool(node.tag == f"tag:yaml.org,2002:{kind}")


def _line(thing: Any) -> int:
    return int(thing.start_mark.line) + 1
