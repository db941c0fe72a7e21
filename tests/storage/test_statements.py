"""Each database understands every SQL statement of the product, and the rows it returns."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

import wakeup.storage
from wakeup.storage.engine import make_engine
from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Prepared

_BLANK = re.compile(r"%\((\w+)\)s|%%")


def prepared_in(value: Any) -> Iterator[Prepared]:
    """Find the statements of a module: by themselves, in lists and tables, and in mappers."""
    if isinstance(value, Prepared):
        yield value
    elif isinstance(value, Mapper):
        yield from prepared_in(vars(value))
    elif isinstance(value, Mapping | list | tuple):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from prepared_in(one)


def named_statements() -> Mapping[Prepared, str]:
    """Every statement, by its module and its name there."""
    found: dict[Prepared, str] = {}
    for module in pkgutil.walk_packages(wakeup.storage.__path__, "wakeup.storage."):
        for name, value in vars(import_module(module.name)).items():
            for one in prepared_in(value):
                found.setdefault(one, f"{module.name.rpartition('.')[2]}.{name}")
    return found


def every_statement() -> Iterable[Prepared]:
    return named_statements().keys()


def numbered(sql: str) -> str:
    """Replace named parameters by the numbered ones that PREPARE takes."""
    names: list[str] = []

    def number(blank: re.Match[str]) -> str:
        if blank[1] is None:
            return "%"
        if blank[1] not in names:
            names.append(blank[1])
        return f"${names.index(blank[1]) + 1}"

    return _BLANK.sub(number, sql)


def test_each_database_accepts_every_statement(migrated_url: str) -> None:
    engine = make_engine(migrated_url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        forms = {one.form(connection.dialect).sql for one in every_statement()}
        for n, sql in enumerate(sorted(forms)):
            if connection.dialect.name == "sqlite":
                driver.execute(f"EXPLAIN {sql}", (None,) * sql.count("?"))
            else:
                driver.execute(f"PREPARE w{n} AS {numbered(sql)}")
        connection.rollback()
    engine.dispose()
    assert len(forms) > 200
