"""A mapping of a file's columns to the fields of a risk event. It is TOML, and checked before a row is read."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Annotated, Any, Literal, TypeAlias

from phonenumbers import SUPPORTED_REGIONS
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from wakeup.feed.errors import FeedError

Scalar: TypeAlias = str | int | float | bool
Mapped: TypeAlias = Scalar | tuple[Scalar, ...]
KINDS = ("column", "const", "template", "generate")
FIRST = "occurred_at"
"""The field that other times are relative to; it is always filled first."""
IDS = ("event_id", "transfer.id")
NUMBERED = (
    "must not depend on ${row}: when a line is removed, the rows behind it would get other ids and be flagged again; "
    'generate = "key" makes an id of the row\'s content'
)


class Source(BaseModel):
    """Where one field comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def names(self) -> tuple[str, ...]:
        """Return the names it reads: values, fields or columns."""
        return ()


class Column(Source):
    """A cell, or several joined by `/`, taken as it is or translated by a table.

    If the table has a list for a cell, each row draws one entry of it.
    """

    column: str | tuple[str, ...]
    map: dict[str, Mapped] | None = None
    default: Mapped | None = None
    """Used for an empty cell, or one that the table does not list."""
    kind: Literal["text", "integer", "number", "flag"] = Field(default="text", alias="as")

    def names(self) -> tuple[str, ...]:
        return (self.column,) if isinstance(self.column, str) else self.column


class Const(Source):
    const: Scalar | tuple[Scalar, ...]


class Text(Source):
    """A template with `${name}` of a value, field or column; `${row}` is the row's number."""

    template: str

    @field_validator("template")
    @classmethod
    def _whole(cls, template: str) -> str:
        if not Template(template).is_valid():
            raise ValueError("has a $ that begins no name; write $$ for the sign, and ${name} for a value")
        return template

    def names(self) -> tuple[str, ...]:
        return tuple(name for name in Template(self.template).get_identifiers() if name != "row")

    @property
    def is_numbered(self) -> bool:
        return "row" in Template(self.template).get_identifiers()


class Key(Source):
    """An id made from the name of the file and the content of the row: a row has the same id in every run."""

    generate: Literal["key"]
    prefix: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,16}$")


class PhoneNumber(Source):
    """An invented mobile number of a region, different for each row; `suffix` names the value of its last two
    digits."""

    generate: Literal["phone"]
    region: str
    suffix: str | None = None
    prefixes: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,5}$")], ...] = ()

    @field_validator("region")
    @classmethod
    def _known(cls, region: str) -> str:
        if region not in SUPPORTED_REGIONS:
            raise ValueError("must be an ISO region such as SG")
        return region

    def names(self) -> tuple[str, ...]:
        return (self.suffix,) if self.suffix else ()


class Amount(Source):
    """A log-normal amount: `table[by] = [median, sigma]`; `default` for what the table does not list."""

    generate: Literal["amount"]
    by: str
    table: dict[str, tuple[Annotated[float, Field(gt=0, le=1e9)], Annotated[float, Field(ge=0, le=3)]]]
    default: tuple[Annotated[float, Field(gt=0, le=1e9)], Annotated[float, Field(ge=0, le=3)]]
    decimals: int = Field(default=2, ge=0, le=3)

    def names(self) -> tuple[str, ...]:
        return (self.by,)


class Spread(Source):
    """The time of arrival: rows come `every_s` seconds apart, each late by up to `jitter` of that, so they stay in
    order."""

    generate: Literal["spread"]
    every_s: float = Field(ge=0, le=86400)
    jitter: float = Field(default=0.5, ge=0, lt=1)


class Window(Source):
    """A time within a range of minutes after `occurred_at`, uniformly distributed."""

    generate: Literal["window"]
    minutes: tuple[Annotated[float, Field(gt=0)], Annotated[float, Field(gt=0, le=1440)]]

    @field_validator("minutes")
    @classmethod
    def _rising(cls, minutes: tuple[float, float]) -> tuple[float, float]:
        if minutes[0] > minutes[1]:
            raise ValueError("must be ascending")
        return minutes


class Offset(Source):
    """A fixed time after (or before) `occurred_at`."""

    generate: Literal["offset"]
    seconds: float = Field(ge=-86400 * 366, le=86400 * 366)


class BirthYear(Source):
    """The year of the feed's start minus the age in a column."""

    generate: Literal["birth_year"]
    column: str

    def names(self) -> tuple[str, ...]:
        return (self.column,)


def _kind(raw: Any) -> str | None:
    given = [kind for kind in KINDS if isinstance(raw, dict) and kind in raw]
    if "generate" in given:
        return str(raw["generate"])
    return given[0] if len(given) == 1 else None


AnySource = Annotated[
    Annotated[Column, Tag("column")]
    | Annotated[Const, Tag("const")]
    | Annotated[Text, Tag("template")]
    | Annotated[Key, Tag("key")]
    | Annotated[PhoneNumber, Tag("phone")]
    | Annotated[Amount, Tag("amount")]
    | Annotated[Spread, Tag("spread")]
    | Annotated[Window, Tag("window")]
    | Annotated[Offset, Tag("offset")]
    | Annotated[BirthYear, Tag("birth_year")],
    Discriminator(
        _kind,
        custom_error_type="source",
        custom_error_message="must have one of column, const, template and generate, and a generator that exists",
    ),
]


class Mapping(BaseModel):
    """The whole file. `fields` are paths in the event, such as `transfer.payee.name` or `guardians[0].phone`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9_-]{1,40}$")
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    multiline: bool = False
    """True if a cell of the CSV may contain line breaks."""
    values: dict[str, AnySource] = {}
    """Intermediate values, for use by `fields`."""
    fields: dict[Annotated[str, Field(pattern=r"^[a-z_]+(\[[0-9]\])?(\.[a-z_]+(\[[0-9]\])?)*$")], AnySource]
    digest: str = Field(default="", exclude=True)

    @field_validator("delimiter")
    @classmethod
    def _divides(cls, delimiter: str) -> str:
        if delimiter in '"\r\n':
            raise ValueError("must not be a quote or the end of a line")
        return delimiter

    @model_validator(mode="after")
    def _makes_an_event(self) -> Mapping:
        missing = {"event_id", FIRST} - self.fields.keys()
        if missing:
            raise ValueError(f"fields: {', '.join(sorted(missing))} must be filled")
        for path in IDS:
            if path in self.fields and self._is_numbered(self.fields[path], set()):
                raise ValueError(f"fields: {path} {NUMBERED}")
        for path in self.fields:
            outer = next((other for other in self.fields if path.startswith((f"{other}.", f"{other}["))), None)
            if outer is not None:
                raise ValueError(f"fields: {path} lies within {outer}, which is filled too; fill only one of them")
        return self

    def _is_numbered(self, source: Source, seen: set[str]) -> bool:
        """True if the value depends on the number of the row."""
        if isinstance(source, Text) and source.is_numbered:
            return True
        behind = ((name, self.values.get(name) or self.fields.get(name)) for name in source.names())
        return any(
            self._is_numbered(found, seen | {name}) for name, found in behind if found is not None and name not in seen
        )

    @property
    def invents_numbers(self) -> bool:
        """True if it invents numbers. They may belong to real people: such a feed is for a simulated phone company
        only."""
        return any(isinstance(source, PhoneNumber) for source in self.fields.values())

    def columns(self) -> frozenset[str]:
        """Return the columns the file must have."""
        return frozenset(name for source in self._sources() for name in source.names()) - self.known()

    def known(self) -> frozenset[str]:
        return frozenset(self.values) | frozenset(self.fields)

    def columns_behind(self, field: str) -> str:
        """Return the columns that feed a field, for the report; the field itself if there are none."""
        source = self.fields.get(field) or self.values.get(field)
        found = [] if source is None else list(self._columns_of(source, set()))
        return ", ".join(dict.fromkeys(found)) or field

    def _columns_of(self, source: Source, seen: set[str]) -> Iterator[str]:
        for name in source.names():
            behind = self.values.get(name) or self.fields.get(name)
            if behind is None:
                yield name
            elif name not in seen:
                yield from self._columns_of(behind, seen | {name})

    def _sources(self) -> Iterator[Source]:
        yield from self.values.values()
        yield from self.fields.values()


def load_mapping(path: Path) -> Mapping:
    """Read a mapping. Raises FeedError with one line per fault."""
    try:
        raw = path.read_bytes()
        content = tomllib.loads(raw.decode())
    except OSError as error:
        raise FeedError(f"{path.name}: cannot be read ({error.strerror})") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FeedError(f"{path.name}: is not TOML: {error}") from None
    try:
        return Mapping.model_validate({**content, "digest": hashlib.sha256(raw).hexdigest()})
    except ValidationError as error:
        raise FeedError("\n".join(f"{path.name}: {_told(fault)}" for fault in error.errors())) from None


def _told(fault: ErrorDetails) -> str:
    place = [".".join(map(str, fault["loc"]))] if fault["loc"] else []
    return ": ".join([*place, fault["msg"].removeprefix("Value error, ")])
