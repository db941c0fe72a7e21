"""Reads named fields of plain data and notes every fault with its path. Knows nothing of scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Fields:
    """One mapping of the file. Every name must be asked for; `done` reports those nobody wanted."""

    def __init__(self, data: Any, path: str, faults: list[str]) -> None:
        self._path, self._faults = path, faults
        self._asked: set[str] = set()
        self._data: dict[str, Any] = {}
        if isinstance(data, Mapping):
            self._data = {str(name): value for name, value in data.items()}
        else:
            self.fault("", "must be a mapping")

    def names(self) -> tuple[str, ...]:
        return tuple(self._data)

    def fault(self, name: str, reason: str) -> None:
        where = ".".join(part for part in (self._path, name) if part)
        self._faults.append(f"{where or 'script'}: {reason}")

    def done(self) -> None:
        for name in self._data:
            if name not in self._asked:
                self.fault(name, "is not known here")

    def text(self, name: str, *, required: bool = True) -> str:
        value = self._take(name, required=required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.fault(name, "must be text")
            return ""
        return value

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of texts."""
        value = self._take(name, required=required)
        if value is None:
            return ()
        if not isinstance(value, list) or not value or not all(isinstance(item, str) and item for item in value):
            self.fault(name, "must be a list of texts")
            return ()
        return tuple(value)

    def one_of(self, name: str, allowed: tuple[str, ...], default: str, *, required: bool = True) -> str:
        """One of the allowed words; `default` stands in after a fault."""
        value = self.text(name, required=required)
        if not value:
            return default
        if value not in allowed:
            self.fault(name, f"must be one of {', '.join(allowed)}")
            return default
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        return self.one_of(name, ("yes", "no"), "yes" if default else "no", required=False) == "yes"

    def seconds(self, name: str, default: int) -> int:
        value = self.text(name, required=False)
        if not value:
            return default
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 60):
            self.fault(name, "must be 1 to 60 seconds")
            return default
        return int(value)

    def child(self, name: str, *, required: bool = True) -> Fields:
        value = self._take(name, required=required)
        return Fields({} if value is None else value, self._join(name), self._faults)

    def children(self, name: str) -> list[Fields]:
        """A list of mappings."""
        value = self._take(name, required=True)
        if not isinstance(value, list) or not value:
            if value is not None:
                self.fault(name, "must be a list of mappings")
            return []
        return [Fields(item, f"{self._join(name)}[{index}]", self._faults) for index, item in enumerate(value)]

    def _join(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _take(self, name: str, *, required: bool) -> Any:
        self._asked.add(name)
        value = self._data.get(name)
        if value is None and required:
            self.fault(name, "is missing")
        return value
