"""Intern equal script parts: scripts share their subscripts, so most of a library would be in memory twenty times."""

from __future__ import annotations

from typing import TypeVar
from weakref import WeakValueDictionary

from wakeup.ivr.fields import Part

P = TypeVar("P", bound=Part)
_known: WeakValueDictionary[tuple[type[Part], str], Part] = WeakValueDictionary()
"""Parts in use by some script, by type and content."""


def intern_part(part: P) -> P:
    """Return an equal part that is already in use, or this one. Sharing is safe because parts are frozen."""
    known = _known.setdefault((type(part), part.model_dump_json(exclude_unset=True)), part)
    return known if isinstance(known, type(part)) else part
