"""Show settings to people: the values in force and where they came from, and the table of docs/settings.md.

No secret is shown.
"""

from __future__ import annotations

import hmac
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from pydantic import Secret

from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings.settings import Settings
from wakeup.runtime.settings.sources import ANY_NAME, Leaf, Where, leaves, variable
from wakeup.storage.address import MASK, shown_address
from wakeup.web.console import masking

BEGIN, END = "<!-- settings: begin -->\n", "<!-- settings: end -->"
DEFAULT = "default"
_TABLE_HEAD = "| variable | default | meaning |\n|---|---|---|\n"
_COMPUTED = {("node", "name"): "the host's name", ("clients", ANY_NAME, "scopes"): "all for `BANK`"}


def effective(settings: Settings) -> list[tuple[str, str, str]]:
    """Return variable, value with secrets masked, and origin of every setting in force."""
    return [
        (variable(path), shown(leaf, _value(settings, path)), _origin(settings, path))
        for leaf in leaves(Settings)
        for path in _paths(settings, leaf.path)
    ]


def fingerprints(settings: Settings, key: bytes) -> list[tuple[str, str]]:
    """Return variable and keyed hash of every secret in use. A variable occurs several times while its secret is
    rotated."""
    found = []
    for leaf in leaves(Settings):
        for path in _paths(settings, leaf.path) if leaf.secret else ():
            value = _value(settings, path)
            bare = value.get_secret_value() if isinstance(value, Secret) else value
            for one in bare if isinstance(bare, tuple) else (bare,):
                if one:
                    raw = one if isinstance(one, bytes) else str(one).encode()
                    name = variable(path)
                    found.append((name, hmac.new(key, name.encode() + b"\0" + raw, sha256).hexdigest()))
    return found


def shown(leaf: Leaf, value: Any) -> str:
    """Return the value as text.

    Of secrets only their number is shown; the URL of a database is shown without its password, and colleagues' own
    numbers only by their end.
    """
    bare = value.get_secret_value() if isinstance(value, Secret) else value
    if bare is None or bare in ((), ""):
        return ""
    if leaf.path == ("database_url",):
        return shown_address(bare)
    if leaf.secret:
        return f"{MASK} ({len(bare)})" if isinstance(bare, tuple) else MASK
    if leaf.path == ("people", "numbers"):
        return ", ".join(map(masking.phone, bare))
    if isinstance(bare, tuple | frozenset):
        return ", ".join(sorted(map(str, bare)) if isinstance(bare, frozenset) else map(str, bare))
    return str(bare)


def table() -> str:
    """Return the Markdown table of all settings."""
    defaults = tomllib.loads((data_folder("config") / "default.toml").read_text("utf-8"))
    return _TABLE_HEAD + "".join(f"{_row(leaf, defaults)}\n" for leaf in leaves(Settings))


def _row(leaf: Leaf, defaults: dict[str, Any]) -> str:
    default: Any = defaults
    for part in leaf.path:
        default = default.get(part) if isinstance(default, dict) else None
    said = _COMPUTED.get(leaf.path, f"`{default}`" if default not in (None, []) else "")
    if not said and leaf.required:
        said = "**required**"
    also = " or `…_FILE`" if leaf.secret else ""
    return f"| `{variable(leaf.path)}`{also} | {said} | {leaf.description} |"


def _paths(settings: Settings, path: Where) -> Iterator[Where]:
    if ANY_NAME not in path:
        yield path
        return
    for name in settings.clients:
        yield tuple(name if part == ANY_NAME else part for part in path)


def _value(settings: Settings, path: Where) -> Any:
    value: Any = settings
    for part in path:
        value = value[part] if isinstance(value, dict) else getattr(value, part)
    return value


def _origin(settings: Settings, path: Where) -> str:
    given = settings.given.get(path)
    return DEFAULT if given is None else given.origin
