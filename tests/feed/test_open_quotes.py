"""A quote that is not closed swallows the rows behind it. None of them may be lost without a word."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.feed.service import FakeClock, Service, feed
from wakeup.feed.errors import FeedError
from wakeup.feed.mapping import Mapping, load_mapping

MAPPING = """
name = "quotes"
[fields]
event_id = { template = "e_${id}" }
occurred_at = { generate = "spread", every_s = 0 }
"customer.id" = { template = "u_${id}" }
"customer.phone" = { const = "+6591235501" }
"customer.locale" = { const = "en-SG" }
"customer.timezone" = { const = "Asia/Singapore" }
"transfer.id" = { template = "t_${id}" }
"transfer.amount" = { const = "10.00" }
"transfer.currency" = { const = "SGD" }
"transfer.payee.account" = { const = "001" }
"transfer.created_at" = { generate = "offset", seconds = -1 }
"transfer.decide_by" = { generate = "offset", seconds = 1800 }
"transfer.hold_max" = { generate = "offset", seconds = 86400 }
"risk.tier" = { const = "high" }
"risk.score" = { const = 0.5 }
"""
HEADER = "id,name\n"
BETWEEN = "2,B\n3,C\n"
LIMIT = csv.field_size_limit()


def mapped(folder: Path, *, multiline: bool = False) -> Mapping:
    path = folder / "mapping.toml"
    path.write_text(f"multiline = {str(multiline).lower()}\n{MAPPING}")
    return load_mapping(path)


def taken(folder: Path, text: str, *, multiline: bool = False) -> tuple[list[str], list[tuple[int, int]], list[str]]:
    """Feed a file. Return the events taken, and the lines and reasons of what was not."""
    path, service = folder / "rows.csv", Service(FakeClock())
    path.write_text(text)
    report = feed(path, service, mapping=mapped(folder, multiline=multiline), report=folder / "rejected.csv")
    assert (report.accepted, report.rejected > 0) == (len(service.events), bool(report.faults))
    return (
        [one.event_id for one in service.events],
        [(fault.line, fault.last_line) for fault in report.faults],
        [fault.why for fault in report.faults],
    )


@pytest.mark.parametrize(
    ("rows", "events", "lines"),
    [
        pytest.param(f'1,A\n8,"b\n{BETWEEN}4,d"\n5,E\n', ["e_1", "e_5"], [(3, 6)], id="closed by chance"),
        pytest.param(f'8,"b\n{BETWEEN}4,"D"\n5,E\n', ["e_5"], [(2, 5)], id="closed by the next cell in quotes"),
        pytest.param(f'1,A\n8,"b\n{BETWEEN}', ["e_1"], [(3, 5)], id="open until the end"),
        pytest.param(f'1,A\n\n8,"b\n{BETWEEN}', ["e_1"], [(4, 6)], id="behind an empty line"),
        pytest.param('1,A\n2,"b"c\n3,C\n', ["e_1", "e_3"], [(3, 3)], id="in one line"),
    ],
)
def test_rows_behind_an_open_quote_are_told_by_their_first_and_last_line(
    tmp_path: Path, rows: str, events: list[str], lines: list[tuple[int, int]]
) -> None:
    assert taken(tmp_path, HEADER + rows)[:2] == (events, lines)


def test_a_row_of_several_lines_says_what_happened_and_the_way_out(tmp_path: Path) -> None:
    _, _, (why,) = taken(tmp_path, f'{HEADER}8,"b\n{BETWEEN}4,d"\n')
    assert why == (
        "spans lines 2 to 5, of which none was sent: a quote opened in line 2 was not closed there; if cells may hold "
        "line breaks, put multiline = true into the mapping"
    )
    with (tmp_path / "rejected.csv").open(newline="") as file:
        assert [row[:3] for row in csv.reader(file)] == [["line", "last_line", "column"], ["2", "5", ""]]


@pytest.mark.parametrize("multiline", [False, True])
def test_a_huge_cell_is_told_by_its_first_and_last_line(tmp_path: Path, multiline: bool) -> None:
    rows = LIMIT // 4 + 1
    events, lines, whys = taken(tmp_path, f'{HEADER}1,A\n8,"' + "9,C\n" * rows + "7,G\n", multiline=multiline)
    assert (events[0], events[-1], lines) == ("e_1", "e_7", [(3, rows + 2)])
    assert whys == [
        f"lines 3 to {rows + 2} cannot be read as CSV, and none of them was sent: a quote is not closed, or a cell is "
        "too long"
    ]


def test_a_mapping_may_allow_line_breaks_in_cells(tmp_path: Path) -> None:
    rows = HEADER + '1,"A\nB"\n2,B\n"3\n",C\n'
    events, lines, _ = taken(tmp_path, rows, multiline=True)
    assert (events, set(lines)) == (["e_1", "e_2"], {(5, 6)}), "an id may not"


@pytest.mark.parametrize("multiline", [False, True])
def test_a_quote_left_open_in_the_header_does_not_swallow_rows(tmp_path: Path, multiline: bool) -> None:
    text = 'id,name,"more\n1,A,x\n2,B,"\n3,C,x\n'
    if multiline:
        assert taken(tmp_path, text, multiline=True)[0] == ["e_3"], "a header's name may have a line break too"
        return
    with pytest.raises(FeedError, match="the header spans lines 1 to 3"):
        taken(tmp_path, text)
