"""Read TOML files and environment variables into flat layers that record where each value came from.

Values are not checked here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, Secret
from pydantic.fields import FieldInfo

from wakeup.runtime.settings.types import Hint

PREFIX = "WAKEUP_"
CONFIG_VARIABLE = "WAKEUP_CONFIG"
ENVIRONMENT = "environment"
ANY_NAME = "<name>"
"""Placeholder in the path of a leaf for a name that the user chooses."""
_MAX_BYTES = 64 * 1024

Where: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One setting of the model."""

    path: Where
    secret: bool
    required: bool
    description: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A value that was given. `name` is the setting as the user wrote it."""

    value: Any
    name: str
    origin: str


Layer: TypeAlias = dict[Where, Given]


def leaves(model: type[BaseModel], at: Where = ()) -> Iterator[Leaf]:
    """Yield every setting of the model, with sections opened; the key of a table of named sections is shown as
    `<name>`."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if get_origin(kind) is dict:
            yield from leaves(get_args(kind)[1], (*at, name, ANY_NAME))
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from leaves(kind, (*at, name))
        else:
            yield _leaf((*at, name), field)


def without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without settings, for a child process that gets its own settings."""
    return {name: value for name, value in environment.items() if not name.startswith(PREFIX)}


def variable(path: Where) -> str:
    """Return the environment variable of a setting."""
    return PREFIX + "__".join(part if part == ANY_NAME else part.upper() for part in path)


def from_environment(environ: Mapping[str, str], faults: list[str]) -> Layer:
    """Return the layer of all variables with our prefix. An empty variable counts as not given."""
    layer: Layer = {}
    for name, value in environ.items():
        if not name.upper().startswith(PREFIX) or name == CONFIG_VARIABLE or not value.strip():
            continue
        if name != name.upper():
            faults.append(f"{name}: unknown setting; write it in upper case")
            continue
        path = tuple(name.removeprefix(PREFIX).lower().split("__"))
        layer[path] = Given(value=value.strip(), name=name, origin=ENVIRONMENT)
    return layer


def from_toml(path: Path, label: str, faults: list[str], *, setting: str | None = None) -> Layer:
    """Return the layer of one file, with its tables flattened.

    `label` is the name of the file in faults; `setting` is the setting that named the file.
    """
    try:
        tables = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        where = label if setting is None else f"{setting}: {path.absolute()}"
        faults.append(f"{where}: cannot be read: {error.strerror}")
    except UnicodeDecodeError:
        faults.append(f"{label}: is not UTF-8")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{label}: is not TOML: {_place(error)}")
    else:
        return dict(_flat(tables, (), label))
    return {}


def checked(layer: Layer, known: Iterable[Leaf], faults: list[str]) -> Layer:
    """Return the layer with files read in place of `…_FILE` settings, and without unknown settings, which become
    faults."""
    by_path = {leaf.path: leaf for leaf in known}
    result: Layer = {}
    for path, given in layer.items():
        stem = (*path[:-1], path[-1].removesuffix("_file"))
        if _generic(path) in by_path:
            _put(result, path, given, faults)
        elif stem != path and (leaf := by_path.get(_generic(stem))) is not None and leaf.secret:
            text = _secret_of(given, faults)
            if text is not None:
                _put(result, stem, replace(given, value=text, origin=f"file named in {given.origin}"), faults)
        else:
            faults.append(f"{given.name}: unknown setting{_suggestion(path, given, by_path.values())}")
    return result


def tree(layer: Layer) -> dict[str, Any]:
    """Return the values as nested tables."""
    root: dict[str, Any] = {}
    for path, given in layer.items():
        table = root
        for part in path[:-1]:
            table = table.setdefault(part, {})
        table[path[-1]] = given.value
    return root


def _leaf(path: Where, field: FieldInfo) -> Leaf:
    kinds = (field.annotation, *get_args(field.annotation))
    return Leaf(
        path=path,
        secret=any(get_origin(kind) is Secret for kind in kinds),
        required=field.is_required(),
        description=field.description or "",
        hint=next((item.text for item in field.metadata if isinstance(item, Hint)), ""),
    )


def _generic(path: Where) -> Where:
    """Return the path with the name chosen by the user replaced by the placeholder, as in the leaves."""
    return (path[0], ANY_NAME, *path[2:]) if path[0] == "clients" and len(path) > 1 else path


def _flat(table: Mapping[str, Any], at: Where, label: str) -> Iterator[tuple[Where, Given]]:
    for key, value in table.items():
        path = (*at, key)
        if isinstance(value, dict):
            yield from _flat(value, path, label)
        else:
            yield path, Given(value=value, name=f"{label}: {'.'.join(path)}", origin=label)


def _put(layer: Layer, path: Where, given: Given, faults: list[str]) -> None:
    if path in layer:
        faults.append(f"{given.name}: {layer[path].name} is given too; give only one of them")
    layer[path] = given


def _secret_of(given: Given, faults: list[str]) -> str | None:
    try:
        with Path(str(given.value)).open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        text = raw.decode().strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        faults.append(f"{given.name}: the file cannot be read: {reason}")
        return None
    if not text or len(raw) > _MAX_BYTES:
        faults.append(f"{given.name}: the file is {'too large' if text else 'empty'}")
        return None
    return text


def _suggestion(path: Where, given: Given, known: Iterable[Leaf]) -> str:
    """Suggest the most similar setting. Only names are compared, so no secret can be printed."""
    concrete = (tuple(path[1] if part == ANY_NAME and len(path) > 1 else part for part in leaf.path) for leaf in known)
    names = {
        name: variable(one) if given.origin == ENVIRONMENT else name for one in concrete for name in [".".join(one)]
    }
    near = get_close_matches(".".join(path), names, n=1, cutoff=0.75)
    return f"; did you mean {names[near[0]]}?" if near else ""


def _place(error: tomllib.TOMLDecodeError) -> str:
    """Return only the place of the error: the parser's message may quote the content."""
    _, found, place = str(error).rpartition("(at ")
    return f"see {place.removesuffix(')')}" if found else "it cannot be parsed"
