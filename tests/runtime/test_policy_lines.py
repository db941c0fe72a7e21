"""A fault of a policy file is told with its line, however the file is laid out."""

from __future__ import annotations

from pathlib import Path

import pytest

from wakeup.domain.errors import ConfigError
from wakeup.runtime.policy.file import load_policy

HERE = "# here"
"""Marks the line that the fault must name."""
LAYOUTS = {
    "tables of a list": """
[[ladder.critical]]
kind = "call"
after = "0s"
[[ladder.critical]] # the second
after = "2m"
kind = "fax"  # here
[[ladder.high]]
kind = "call"
after = "0s"
""",
    "one to a line": """
[ladder]
critical = [
    { kind = "call", after = "0s" },
    # { kind = "call", after = "1s" },
    { kind = "fax", after = "2m" }, # here
]
""",
    "all on the line of the key": """
[ladder]
high = [{ kind = "call", after = "0s" }]
critical = [{ kind = "call", after = "0s" }, { kind = "fax", after = "2m" }]  # here
""",
    "the first on the line of the key": """
[ladder]
critical = [{ kind = "call", after = "0s" },
  { kind = "fax", after = "2m" }]  # here
""",
    "two to a line": """
[ladder]
critical = [
    { kind = "call", after = "0s" }, { kind = "text_guardian", after = "1m" },
    { kind = "fax", after = "2m" }, { kind = "human_agent", after = "3m" },  # here
]
""",
    "a dotted key": """
ladder.critical = [
    { kind = "call", after = "0s" }, # ]
    { kind = "fax", after = "2m" },  # here
]
""",
    "behind a string that looks like a table": '''
[calling.hours]
"[[ladder.critical]]" = [
    """
[[ladder.critical]]
kind = "call"
""",
]
[ladder]
critical = [{ kind = "call", after = "0s" },
    { kind = "fax", after = "2m" },  # here
]
''',
    "a key of its own": """
[calling]
"busy_retries" = -1 # here
""",
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_a_fault_names_its_line(tmp_path: Path, layout: str) -> None:
    text = f'version = "1"{layout}'
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_policy(path)
    [marked] = [n for n, line in enumerate(text.splitlines(), start=1) if HERE in line]
    told = [fault for fault in refused.value.faults if "hours" not in fault]
    assert [fault.partition(": ")[0] for fault in told] == [f"mine.toml:{marked}"]
