"""A table of the policy file for a dataclass of the domain: its fields, with their bounds and usual values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from pydantic import Field, GetPydanticSchema, create_model
from pydantic_core import core_schema

from wakeup.runtime.policy.values import Duration, Durations, Hour, Number, Part, Sum
from wakeup.runtime.settings.faults import refuse

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
WRITTEN: Mapping[Any, Any] = {
    bool: bool, int: int, float: Number, Decimal: Sum, time: Hour, timedelta: Duration, tuple[timedelta, ...]: Durations
}  # fmt: skip
"""How a type of the domain is written in the file."""


def table(usual: D, faults: Callable[[D], Mapping[str, str]] | None = None, **written: Any) -> GetPydanticSchema:
    """Return the annotation by which the file's table is read into the dataclass of `usual`.

    A value that is not given is the one of `usual`. `faults` returns, by field, what does not fit together. `written`
    are fields that are not written as their type usually is; None for a field that no file has.
    """
    hints = get_type_hints(type(usual))
    columns: dict[str, Any] = {}
    for field in fields(usual):
        # A type that is in neither is an error at the start, not a value that nobody checks.
        how = written[field.name] if field.name in written else WRITTEN[hints[field.name]]
        if how is not None:
            columns[field.name] = (how, Field(getattr(usual, field.name), **field.metadata))
    model = create_model(type(usual).__name__, __base__=Part, **columns)

    def read(part: Part) -> D:
        given = replace(usual, **dict(part))
        refuse(faults(given) if faults else {})
        return given

    return GetPydanticSchema(
        lambda _, handler: core_schema.no_info_after_validator_function(read, handler.generate_schema(model))
    )
