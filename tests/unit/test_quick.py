"""Values made quickly are the values they were."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest

from wakeup.domain.quick import made_quickly


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    id: str
    size: int = 1
    name: str = field(default="", repr=False)


def test_it_takes_defaults_compares_shows_and_stays_as_any_other() -> None:
    quick = Quick(id="a", name="Mei")
    assert (quick.id, quick.size, quick.name) == ("a", 1, "Mei")
    assert repr(quick) == "Quick(id='a', size=1)"
    assert replace(quick, size=2) == Quick(size=2, name="Mei", id="a")
    assert hash(quick) == hash(Quick(id="a", name="Mei"))
    with pytest.raises(FrozenInstanceError):
        quick.size = 3  # type: ignore[misc]


def test_it_demands_what_has_no_default_and_knows_nothing_else() -> None:
    with pytest.raises(TypeError, match="id"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="weight"):
        Quick(id="a", weight=2)  # type: ignore[call-arg]


def test_what_cannot_be_made_quickly_is_refused() -> None:
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
            made_quickly(kind)
