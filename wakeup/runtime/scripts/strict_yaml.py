"""The subset of YAML for scripts: texts, lists and mappings; no guessed types, aliases, repeated names or huge
files."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES = 256 * 1024
_MAX_DEPTH = 12
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
"""libyaml where the package includes it: fifteen times as fast."""


class StrictYamlError(Exception):
    """The file cannot be used; the message names the line."""

    def __init__(self, reason: str, line: int = 0) -> None:
        self.line = line or 1
        super().__init__(f"line {line}: {reason}" if line else reason)


def load_with_lines(path: Path) -> tuple[Any, dict[str, int]]:
    """Return the content of a file, and the line of everything in it by path, such as `nodes.q1.variants[0].risk`.

    Every scalar is text, including `yes` and `1`. Raises StrictYamlError. Results are cached, because subscripts
    are read for every script that names them: do not modify them.
    """
    with path.open("rb") as file:
        raw = file.read(MAX_BYTES + 1)
    return _parsed(raw)


def forget_files() -> None:
    """Clear the cache, for a service, which reads its scripts only once."""
    _parsed.cache_clear()


@lru_cache(maxsize=256)
def _parsed(raw: bytes) -> tuple[Any, dict[str, int]]:
    if len(raw) > MAX_BYTES:
        raise StrictYamlError(f"is larger than {MAX_BYTES // 1024} KiB")
    lines: dict[str, int] = {}
    try:
        return _plain(_composed(raw.decode("utf-8")), "", lines), lines
    except UnicodeDecodeError:
        raise StrictYamlError("is not UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        raise StrictYamlError(getattr(error, "problem", None) or "is not YAML", line) from None


def _composed(text: str) -> yaml.Node | None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise StrictYamlError("anchors and aliases are not allowed", _line(event))
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise StrictYamlError("is nested too deeply", _line(event))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
    node: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    return node


def _plain(node: yaml.Node | None, path: str, lines: dict[str, int]) -> Any:
    match node:
        case None:
            return {}
        case yaml.ScalarNode() if _standard(node):
            return node.value
        case yaml.SequenceNode() if _standard(node):
            return [_item(item, f"{path}[{index}]", lines) for index, item in enumerate(node.value)]
        case yaml.MappingNode() if _standard(node):
            return _mapping(node, path, lines)
    raise StrictYamlError("tags are not allowed", _line(node))


def _item(node: yaml.Node, path: str, lines: dict[str, int]) -> Any:
    lines[path] = _line(node)
    return _plain(node, path, lines)


def _mapping(node: yaml.MappingNode, path: str, lines: dict[str, int]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name_node, value in node.value:
        if not isinstance(name_node, yaml.ScalarNode) or not _standard(name_node):
            raise StrictYamlError("a name must be a string", _line(name_node))
        name = name_node.value
        if name in result:
            raise StrictYamlError(f"{name!r} appears twice", _line(name_node))
        where = f"{path}.{name}" if path else name
        lines[where] = _line(name_node)
        result[name] = _plain(value, where, lines)
    return result


def _standard(node: yaml.Node) -> bool:
    kind = {yaml.ScalarNode: "str", yaml.SequenceNode: "seq", yaml.MappingNode: "map"}[type(node)]
    return bool(node.tag == f"tag:yaml.org,2002:{kind}")


def _line(thing: Any) -> int:
    return int(thing.start_mark.line) + 1
