"""What scripts have in common is kept once: they share their subscripts, so most of a library is said twenty times."""

from __future__ import annotations

from typing import TypeVar
from weakref import WeakValueDictionary

from wakeup.ivr.fields import Part

P = TypeVar("P", bound=Part)
_known: WeakValueDictionary[tuple[type[Part], str], Part] = WeakValueDictionary()
"""Parts that some script is made of, by what was said of them."""


def intern_part(part: P) -> P:
    """The same part, if one that says the very same is in use already. Nobody can change either."""
    known = _known.setdefault((type(part), part.model_dump_json(exclude_unset=True)), part)
    return known if isinstance(known, type(part)) else part
