"""Groups of commands whose modules are imported when they are used. Importing all would cost each start seconds, and a
service would keep every tool in its memory.

The module of a command imports at its top only what its options need; its functions import what does the work. So help
and a wrong option are answered at once, as by the list of commands."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class Late(NamedTuple):
    place: str
    """`module:name` in `wakeup.cli.commands`. The name is that of a function, or of the `Typer` of a group."""
    help: str
    """The line that helps show for it. The whole help of a command is its docstring."""


class LateGroup(TyperGroup):
    """A group that shows the lines of its table, and imports the module of the command that is asked for."""

    late: ClassVar[Mapping[str, Late]]

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = {name: TyperCommand(name, help=one.help) for name, one in self.late.items()}

    # Running a command, asking for its help and completing its options all come here; listing commands does not.
    # `Any`, because Typer does not publish the types that it passes.

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, None if name is None else self._loaded(name), rest

    def _loaded(self, name: str) -> Any:
        place, line = self.late[name]
        module, _, attribute = place.partition(":")
        found = getattr(_imported(f"wakeup.cli.commands.{module}"), attribute)
        if isinstance(found, typer.Typer):
            group = get_group(found)
            group.help = line
            return group
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        return get_command(alone)


def _imported(module: str) -> ModuleType:
    """Import without the garbage collector: all that is loaded stays, so it would search over and over for nothing."""
    collects = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if collects:
            gc.enable()
