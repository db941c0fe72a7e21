"""Dataclasses with a fast constructor behave like ordinary ones."""

from __future__ import annotations

import dataclasses
from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from wakeup.domain.fast_dataclass import fast_init, replace


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    id: str
    size: int = 1
    name: str = field(default="", repr=False)


def test_a_fast_dataclass_takes_defaults_compares_shows_and_stays_as_any_other() -> None:
    quick = Quick(id="a", name="Mei")
    assert (quick.id, quick.size, quick.name) == ("a", 1, "Mei")
    assert repr(quick) == "Quick(id='a', size=1)"
    assert replace(quick, size=2) == Quick(size=2, name="Mei", id="a")
    assert hash(quick) == hash(Quick(id="a", name="Mei"))
    with pytest.raises(FrozenInstanceError):
        quick.size = 3  # type: ignore[misc]


def test_a_fast_dataclass_demands_fields_without_default_and_knows_no_others() -> None:
    with pytest.raises(TypeError, match="id"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="weight"):
        Quick(id="a", weight=2)  # type: ignore[call-arg]


def test_a_fast_dataclass_is_changed_as_any_other() -> None:
    quick = Quick(id="a", size=3, name="Mei")
    changed = replace(quick, size=2)
    assert type(changed) is Quick
    assert changed == dataclasses.replace(quick, size=2) == Quick(id="a", size=2, name="Mei")
    assert quick.size == 3
    with pytest.raises(TypeError, match="weight"):
        replace(quick, weight=2)  # type: ignore[call-arg]


def test_a_dataclass_made_the_usual_way_is_changed_the_usual_way() -> None:
    @dataclass(frozen=True)
    class Checked:
        size: int

        def __post_init__(self) -> None:
            if self.size < 0:
                raise ValueError("no size")

    assert replace(Checked(1), size=2) == Checked(2)
    with pytest.raises(ValueError, match="no size"):
        replace(Checked(1), size=-1)


def test_a_dataclass_that_cannot_be_made_quickly_is_refused() -> None:
    @dataclass(frozen=True, slots=True, kw_only=True)
    class Listed:
        items: list[str] = field(default_factory=list)

    @dataclass(frozen=True, slots=True)
    class Placed:
        id: str

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Checked:
        id: str

        def __post_init__(self) -> None:
            """Checks nothing."""

    for kind in (Listed, Placed, Checked):
        with pytest.raises(TypeError, match="the usual way"):
            fast_init(kind)
