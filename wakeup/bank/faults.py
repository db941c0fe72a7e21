"""The faults of a body: field and reason. Never contains a value or an unknown key from the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, LiteralString, get_args

from pydantic import BaseModel
from pydantic_core import PydanticCustomError

from wakeup.domain.errors import DomainError

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

MAX_FAULTS = 50
_OURS: Final = "wakeup"

_ID = r"[A-Za-z0-9_.:-]"
_NO_DOT = r"[A-Za-z0-9_:-]"
ID_PATTERN = rf"^({_NO_DOT}{_ID}{{0,63}}|\.{_NO_DOT}{_ID}{{0,62}}|\.\.{_ID}{{1,62}})$"
"""Not `.` and `..`, which no URL can name: clients and proxies resolve them."""
TEXT_PATTERN = r"^[^\u0000-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]*$"
"""No classes such as `\\p{Cc}`, which not every regex dialect has: clients are generated from the OpenAPI document."""
CODE_PATTERN = r"^[a-z][a-z0-9_]{0,63}$"
ID_FORM: Final = "must be 1 to 64 of A-Z, a-z, 0-9 and _ . : -, not . or .."

_PATTERNS = {
    ID_PATTERN: ID_FORM,
    TEXT_PATTERN: "contains control characters",
    CODE_PATTERN: "must be a lower-case code of at most 64 letters, digits and _",
}
_REASONS = {
    "missing": "is missing",
    "string_type": "must be a string",
    "string_too_short": "must not be empty",
    "string_unicode": "is not valid Unicode",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "tuple_type": "must be an array",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
_BOUNDS = {
    "string_too_long": ("is longer than {} characters", "max_length"),
    "too_long": ("has more than {} items", "max_length"),
    "too_short": ("has fewer than {} items", "min_length"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than_equal": ("must be at most {}", "le"),
    "enum": ("must be {}", "expected"),
    "literal_error": ("must be {}", "expected"),
}
"""Error types whose reason repeats a bound of the schema. Only our schema's words appear, never the sender's."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. `field` is a path such as `guardians[0].phone`; empty for the body as a whole."""

    field: str
    reason: str


class Unprocessable(DomainError):  # noqa: N818  # the name of the answer it becomes: 422
    """The body is well-formed JSON, but its content is invalid."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field or 'body'} {fault.reason}" for fault in self.faults))


class Malformed(Unprocessable):
    """The body is not a JSON object."""


def refuse(reason: LiteralString) -> PydanticCustomError:
    """Return the error our own validators raise. `reason` is a fixed sentence."""
    return PydanticCustomError(_OURS, reason)


def faults_of(error: ValidationError, model: type[BaseModel]) -> list[Fault]:
    """Return every fault found in a validation by `model`, without duplicates, at most MAX_FAULTS."""
    details = error.errors(include_url=False, include_input=False)
    found = dict.fromkeys(_fault(detail, model) for detail in details)
    return list(found)[:MAX_FAULTS]


def unknown_field(known: Iterable[str]) -> str:
    """Return the reason for an unknown field: it lists the known fields and does not repeat the sender's key."""
    return f"has an unknown field; known fields are {', '.join(known)}"


def path_of(location: Iterable[int | str]) -> str:
    """Format `("guardians", 0, "phone")` as `guardians[0].phone`."""
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path


def _fault(detail: ErrorDetails, model: type[BaseModel]) -> Fault:
    location = detail["loc"]
    if detail["type"] == "extra_forbidden":
        # The unknown key is the sender's own text: name the object that contains it, not the key.
        location = location[:-1]
        return Fault(path_of(location), unknown_field(_at(location, model).model_fields))
    return Fault(path_of(location), _reason(detail))


def _at(location: Iterable[int | str], model: type[BaseModel]) -> type[BaseModel]:
    """Return the model of the object at this place of a body."""
    for step in location:
        if isinstance(step, str):
            model = next(_models(model.model_fields[step].annotation))
    return model


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)


def _reason(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == _OURS:
        return detail["msg"]
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], "has the wrong form")
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return words.format(context[bound])
    return _REASONS.get(kind, "is not valid")
