"""Every number of the policy has bounds in the domain, and a policy file keeps to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.test_policy import faults
from wakeup.domain.policy import Policy

NUMBERS = [
    (f"{table.name}.{number.name}", number.metadata, getattr(usual, number.name))
    for table in fields(Policy)
    if is_dataclass(usual := getattr(Policy(), table.name))
    for number in fields(usual)
    if isinstance(getattr(usual, number.name), timedelta | int | float)
    if not isinstance(getattr(usual, number.name), bool)
]


@pytest.mark.parametrize(("name", "bounds", "usual"), NUMBERS)
def test_every_number_has_bounds_that_its_usual_value_keeps_and_no_file_leaves(
    tmp_path: Path, name: str, bounds: Mapping[str, Any], usual: Any
) -> None:
    assert bounds
    step = timedelta(milliseconds=1) if isinstance(usual, timedelta) else 1
    for kind, bound in bounds.items():
        beyond = bound + step if kind == "le" else bound - step
        assert usual <= bound if kind == "le" else usual >= bound
        text = f"{beyond.total_seconds():.3f}" if isinstance(beyond, timedelta) else str(beyond)
        (line,) = faults(tmp_path, f"{name} = {text}")
        assert line.startswith(f"{name}: must be {'less' if kind == 'le' else 'greater'} than ")
