"""Columns become events as the mapping says; what it does not say is refused, by line and column."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from tests.feed.service import START, FakeClock, Killed, Service, feed
from wakeup.bank.phone_numbers import look_up
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.feed.errors import FeedError
from wakeup.feed.mapping import Mapping, load_mapping
from wakeup.feed.rows import Filler, Row, open_records

MAPPING = """
name = "little"
[values.suffix]
column = ["kind", "heeds"]
map = { "scam/y" = "50", "scam/n" = ["51", "52"], "real/" = "51" }
[fields]
event_id = { generate = "key", prefix = "evt_" }
occurred_at = { generate = "spread", every_s = 10, jitter = 0.5 }
"customer.id" = { column = "who" }
"customer.phone" = { generate = "phone", region = "CN", suffix = "suffix" }
"customer.name" = { template = "no. ${row} ${kind}" }
"customer.locale" = { const = "zh-CN" }
"customer.timezone" = { const = "Asia/Shanghai" }
"customer.birth_year" = { generate = "birth_year", column = "age" }
"customer.vulnerable" = { column = "frail", as = "flag", default = false }
"transfer.id" = { generate = "key", prefix = "t_" }
"transfer.currency" = { const = "CNY" }
"transfer.amount" = { generate = "amount", by = "kind", table = { scam = [50000, 1.0] }, default = [300, 0.5] }
"transfer.payee.account" = { generate = "key" }
"transfer.created_at" = { generate = "offset", seconds = -1 }
"transfer.decide_by" = { generate = "window", minutes = [3, 40] }
"transfer.hold_max" = { generate = "offset", seconds = 172800 }
"risk.tier" = { column = "kind", map = { scam = "critical" }, default = "medium" }
"risk.score" = { column = "score", as = "number" }
"risk.signals" = { const = ["new_payee"] }
"guardians[0].id" = { const = "g1" }
"guardians[0].phone" = { const = "+8613812345678" }
"guardians[0].locale" = { const = "zh-CN" }
"""
HEADER = "who,kind,heeds,age,frail,score\n"


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping:
    return written(tmp_path, MAPPING)


def written(tmp_path: Path, text: str) -> Mapping:
    path = tmp_path / "mapping.toml"
    path.write_text(text)
    return load_mapping(path)


def table(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "rows.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def rows_of(path: Path, mapping: Mapping, *, seed: int = 7) -> list[Row]:
    return [*map(Filler(path.name, mapping, start=START, seed=seed).row, open_records(path, mapping))]


def rows(tmp_path: Path, mapping: Mapping, text: str | bytes, *, seed: int = 7) -> list[Row]:
    return rows_of(table(tmp_path, text), mapping, seed=seed)


def test_a_row_becomes_an_event(tmp_path: Path, mapping: Mapping) -> None:
    (row,) = rows(tmp_path, mapping, "\ufeff" + HEADER + "u1,scam,y,70,1,0.9\n")

    assert row.faults == ()
    assert row.event is not None
    customer, transfer = row.event["customer"], row.event["transfer"]
    assert (customer["id"], customer["name"], customer["birth_year"], customer["vulnerable"]) == (
        "u1",
        "no. 1 scam",
        1956,
        True,
    )
    assert customer["phone"].startswith("+861")
    assert customer["phone"].endswith("50")
    assert row.event["risk"] == {"tier": "critical", "score": 0.9, "signals": ["new_payee"]}
    assert row.event["guardians"] == [{"id": "g1", "phone": "+8613812345678", "locale": "zh-CN"}]
    occurred = datetime.fromisoformat(row.event["occurred_at"])
    assert row.occurred_at == occurred
    assert START <= occurred <= START + timedelta(seconds=5)
    assert timedelta(minutes=3) <= datetime.fromisoformat(transfer["decide_by"]) - occurred <= timedelta(minutes=40)
    assert datetime.fromisoformat(transfer["created_at"]) == occurred - timedelta(seconds=1)


def test_the_same_file_start_and_seed_make_the_same_events(tmp_path: Path, mapping: Mapping) -> None:
    text = HEADER + "u1,scam,n,70,,0.9\n" * 40
    once, again, other = (rows(tmp_path, mapping, text, seed=seed) for seed in (7, 7, 8))
    assert [row.event for row in once] == [row.event for row in again]
    assert [row.event for row in once] != [row.event for row in other]
    ids = [row.event["event_id"] for row in once if row.event]
    assert ids == [row.event["event_id"] for row in other if row.event]
    assert len(set(ids)) == 40


def ids(made: list[Row]) -> list[tuple[str, str]]:
    return [(row.event["event_id"], row.event["transfer"]["id"]) for row in made if row.event]


def test_a_row_keeps_its_ids_when_lines_before_it_are_removed_or_inserted(tmp_path: Path, mapping: Mapping) -> None:
    good = [f"u{n % 3},scam,n,70,,0.9\n" for n in range(7)]
    before = ids(rows(tmp_path, mapping, HEADER + "".join([*good[:2], "broken,row\n", *good[2:]])))
    clean = ids(rows(tmp_path, mapping, HEADER + "".join(good)))
    more = ids(rows(tmp_path, mapping, HEADER + "".join([*good[:4], "u8,scam,y,30,,0.5\n", *good[4:]])))
    assert len({*clean}) == 7, "equal rows are different ones"
    assert before == clean
    assert [*more[:4], *more[5:]] == clean
    assert more[4] not in clean


def test_the_ids_of_equal_rows_are_the_same_in_every_version(tmp_path: Path, mapping: Mapping) -> None:
    """A file is continued by a newer version with the ids that the older one sent."""
    equal = "u1,scam,n,70,,0.9\n"
    made = ids(rows(tmp_path, mapping, HEADER + equal + "u2,scam,n,70,,0.9\n" + equal * 2))
    assert [event for event, _ in made] == [
        "evt_a732408471e14764cccb62447a570909", "evt_811e0051ab3134df509de30ea0ddda4d",
        "evt_8210087742d4b39c63f077428ff81188", "evt_8640a70320c6b497e9712ea50e286037",
    ]  # fmt: skip


def test_invented_numbers_are_valid_mobiles_and_no_customers_share_one(tmp_path: Path, mapping: Mapping) -> None:
    made = rows(tmp_path, mapping, HEADER + "u1,scam,n,70,,0.9\n" * 2000)
    phones = [row.event["customer"]["phone"] for row in made if row.event]
    assert len(set(phones)) == 2000
    assert {phone[-2:] for phone in phones} == {"51", "52"}
    for phone in phones[:200]:
        number = look_up(phone)
        assert number is not None
        assert (number.region, number.line_type) == ("CN", "mobile")


def test_arrivals_stay_in_order_and_amounts_follow_their_kind(tmp_path: Path, mapping: Mapping) -> None:
    made = rows(tmp_path, mapping, HEADER + "u1,scam,n,70,,0.9\nu2,real,,30,,0.5\n" * 500)
    events = [row.event for row in made if row.event]
    moments = [event["occurred_at"] for event in events]
    assert moments == sorted(moments)
    middle = {
        tier: median(float(event["transfer"]["amount"]) for event in events if event["risk"]["tier"] == tier)
        for tier in ("critical", "medium")
    }
    assert 40000 < middle["critical"] < 62000
    assert 250 < middle["medium"] < 360


def test_faulty_rows_are_named_by_line_and_column(tmp_path: Path) -> None:
    mapping = written(tmp_path, f"multiline = true\n{MAPPING}")
    text = (
        HEADER
        + "u1,scam,y,70,1,0.9\n"
        + "u2,scam,perhaps,70,1,0.9\n"
        + "u3,scam,y,old,1,0.9\n"
        + "u4,scam,y,70,1,much\n"
        + "u5,scam,y,70,1,7.5\n"
        + "u6,scam,y\n"
        + '"u\n7",scam,y,70,1,0.9\n'
        + "\n"
        + "u8,scam,y,70,maybe,0.9\n"
        + ",scam,y,70,1,\n"
    ).encode() + b"u9\xff,scam,y,70,1,0.9\n"
    made = rows(tmp_path, mapping, text)
    found = [(fault.line, fault.column, fault.why) for row in made for fault in row.faults]

    assert found == [
        (3, "kind, heeds", "has a value that is not in the mapping"),
        (4, "age", "is not a valid age"),
        (5, "score", "is not a valid number"),
        (6, "score", "risk.score must be at most 1.0"),
        (7, "", "has 3 cells where the header has 6"),
        (8, "who", "customer.id must be 1 to 64 of A-Z, a-z, 0-9 and _ . : -, not . or .."),
        (11, "frail", "is not a valid flag"),
        (12, "who", "customer.id is missing"),
        (12, "score", "risk.score is missing"),
        (13, "who", "is not UTF-8"),
    ]
    assert sum(row.event is not None for row in made) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"who,kind,heeds,age,frail\n", "lacks columns the mapping reads: score"),
        (b"who,who,kind,heeds,age,frail,score\n", "names a column twice: who"),
        ("who,kind".encode("utf-16"), "is UTF-16"),
        (b'who,"kind', "cannot be read as a CSV header"),
    ],
)
def test_a_table_of_no_use_stops_with_a_sentence(tmp_path: Path, mapping: Mapping, text: bytes, message: str) -> None:
    with pytest.raises(FeedError, match=message):
        rows(tmp_path, mapping, text)


def test_a_quote_never_closed_is_one_bad_row(tmp_path: Path, mapping: Mapping) -> None:
    made = rows(tmp_path, mapping, HEADER + "u1,scam,y,70,1,0.9\n" + '"u2,scam\n' + "u3,scam\n")
    assert [row.event is not None for row in made] == [True, False]
    assert "quote" in made[1].faults[0].why


def test_a_file_fed_again_a_day_later_adds_nothing(tmp_path: Path, mapping: Mapping) -> None:
    """Fed, killed by nobody, fed again a day later: the start is the first run's, so nothing is new."""
    service = Service(FakeClock())
    path = table(tmp_path, HEADER + "u1,scam,n,70,,0.9\nu2,real,,30,,x\n" * 30)
    first = feed(path, service, mapping=mapping, pace=True)
    service.clock.at += timedelta(days=1)
    again = feed(path, service, mapping=mapping, checkpoint=tmp_path / "rows.checkpoint")
    assert (
        (first.accepted, first.rejected) == (again.earlier - again.earlier_rejected, again.earlier_rejected) == (30, 30)
    )
    assert (again.accepted, again.rejected) == (0, 0)
    assert len(service.kept) == 30
    changed = written(tmp_path, MAPPING.replace("50000", "60000"))
    with pytest.raises(FeedError, match="belongs to another mapping"):
        feed(path, service, mapping=changed)


def test_a_killed_run_goes_on_a_day_later_with_the_same_events(tmp_path: Path, mapping: Mapping) -> None:
    """The batch in flight is sent again: times counted from a new start would be other content under the same ids."""
    service = Service(FakeClock())
    path = table(tmp_path, HEADER + "u1,scam,n,70,,0.9\n" * 30)
    with pytest.raises(Killed):
        feed(path, service, mapping=mapping, batch_rows=10, dies_after=2)
    service.clock.at += timedelta(days=1)
    report = feed(path, service, mapping=mapping, batch_rows=10)
    assert (report.earlier, report.accepted, report.known, report.rejected) == (10, 10, 10, 0)


def test_who_removes_a_bad_line_and_feeds_the_file_anew_flags_nobody_twice(tmp_path: Path, mapping: Mapping) -> None:
    service, good = Service(FakeClock()), [f"u{n % 3},scam,n,70,,0.9\n" for n in range(7)]
    path = table(tmp_path, HEADER + "".join([*good[:2], "broken,row\n", *good[2:]]))
    report = feed(path, service, mapping=mapping)
    assert (report.accepted, report.rejected) == (7, 1)
    table(tmp_path, HEADER + "".join(good))
    Path(report.checkpoint).unlink()
    assert feed(path, service, mapping=mapping).accepted == 0
    assert len({one.transfer.id for one in service.events}) == len(service.events) == 7


def test_without_pace_everything_happens_at_the_start(tmp_path: Path, mapping: Mapping) -> None:
    service = Service(FakeClock())
    path = table(tmp_path, HEADER + "u1,scam,n,70,,0.9\n" * 300)
    assert feed(path, service, mapping=mapping).accepted == 300
    assert {one.occurred_at for one in service.events} == {START}


def test_mapped_ndjson_reads_keys_as_columns(tmp_path: Path, mapping: Mapping) -> None:
    path = tmp_path / "rows.ndjson"
    path.write_text('{"who":"u1","kind":"real","heeds":"","age":30,"score":0.5}\n{"kind":"real"}\n')
    good, bad = rows_of(path, mapping)
    assert good.event is not None
    assert good.event["customer"]["birth_year"] == 1996
    assert [fault.column for fault in bad.faults] == ["who", "score"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('prefix = "evt_"', 'prefix = "evt "'), "fields.event_id"),
        (('name = "little"', 'title = "little"'), "title: Extra inputs"),
        (('region = "CN"', 'region = "ZZ"'), "must be an ISO region"),
        (("minutes = [3, 40]", "minutes = [40, 3]"), "must be ascending"),
        (('generate = "window"', 'generate = "luck"'), "must have one of column, const, template and generate"),
        (('const = "CNY"', 'const = "CNY", column = "x"'), "must have one of column, const, template and generate"),
        (('occurred_at = { generate = "spread", every_s = 10, jitter = 0.5 }', ""), "occurred_at must be filled"),
        (('"customer.id"', '"customer id"'), "customer id"),
        (('name = "little"', 'name = "little'), "is not TOML"),
        (('name = "little"', 'name = "little"\ndelimiter = "\\n"'), "delimiter: must not be a quote or the end"),
        (('name = "little"', 'name = "little"\ndelimiter = "\\""'), "delimiter: must not be a quote or the end"),
        pytest.param(("${row} ${kind}", "$row$"), r"customer\.name.*: has a \$ that begins no name", id="a dollar"),
        pytest.param(
            ('event_id = { generate = "key", prefix = "evt_" }', 'event_id = { template = "evt_${row}" }'),
            r"fields: event_id must not depend on \$\{row\}",
            id="an id by row",
        ),
        pytest.param(
            ('"transfer.id" = { generate = "key", prefix = "t_" }', '"transfer.id" = { column = "customer.name" }'),
            r"fields: transfer\.id must not depend on \$\{row\}",
            id="an id by a field by row",
        ),
        pytest.param(
            ('"customer.id"', '"customer"'),
            r"fields: customer\.phone lies within customer, which is filled too",
            id="a field in a field",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_place(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    with pytest.raises(FeedError, match=message) as caught:
        written(tmp_path, MAPPING.replace(*change))
    assert str(caught.value).startswith("mapping.toml: ")
    assert ": : " not in str(caught.value)
    assert "Value error" not in str(caught.value)


def test_the_shipped_mapping_makes_events_of_every_kind_of_row(tmp_path: Path) -> None:
    """Every combination of label, awareness and result, every scene; no sentence of the data is needed."""
    mapping = load_mapping(Path(__file__).parents[2] / "config" / "feeds" / "teleantifraud.toml")
    scenes = (
        "投资诈骗",
        "客服诈骗",
        "银行诈骗",
        "钓鱼诈骗",
        "邮件诈骗",
        "绑架诈骗",
        "彩票诈骗",
        "身份盗窃",
        "日常购物",
        "新的",
    )
    kinds = [f"{label},{aware},{won}" for label in ("fraud",) for aware in "高中低" for won in "01"]
    kinds += [f"normal,{aware}," for aware in "高中低"]
    lines = [f"{scene},{kind},44" for scene in scenes for kind in kinds]
    made = rows(
        tmp_path, mapping, "\n".join(["scene,label,awareness,scam_succeeded,age", *lines, "投资诈骗,fraud,高,,44"])
    )

    assert mapping.invents_numbers
    assert [(fault.line, fault.column) for row in made for fault in row.faults] == [
        (len(lines) + 2, "label, awareness, scam_succeeded")
    ]
    events = [row.event for row in made if row.event]
    assert len(events) == len(lines)
    assert all(int(event["customer"]["phone"][-2:]) >= 50 for event in events)
    assert {event["risk"]["typology"] for event in events} <= TYPOLOGIES
    assert Counter(event["risk"]["tier"] for event in events).keys() == {"critical", "high", "medium"}
