"""The policy file: the shipped file equals the domain's defaults, errors in a file are explained, and floors cannot
be lowered.
"""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.bank.phone_numbers import look_up
from wakeup.domain.errors import ConfigError
from wakeup.domain.policy import Calling, Policy, Release, Tempo
from wakeup.domain.rung import Rung, RungKind
from wakeup.domain.transfer import Tier
from wakeup.domain.window import settle_at
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy.file import for_speed, load_policy
from wakeup.telephony.provider import TWILIO

SHIPPED = data_folder("config") / "policy.toml"


def faults(folder: Path, text: str) -> list[str]:
    """The errors reported for a policy of version 1 with this text."""
    path = folder / "mine.toml"
    path.write_text(f'version = "1"\n{text}\n')
    with pytest.raises(ConfigError) as refused:
        load_policy(path)
    return [re.sub(r"^mine\.toml(:\d+)?: ", "", line) for line in refused.value.faults]


def load(folder: Path, text: str) -> Policy:
    path = folder / "mine.toml"
    path.write_text(f'version = "1"\n{text}\n')
    return load_policy(path)


def test_the_shipped_policy_says_what_the_domain_assumes() -> None:
    policy = load_policy(SHIPPED)
    assert policy.tempo == Tempo()
    assert policy.release == Release()
    assert policy.ladders == Policy().ladders
    regional = {"destinations", "not_served", "per_number_3_days", "per_hour"}
    assert policy.calling.per_number_3_days["US"] == 3
    assert set(policy.calling.per_hour) == set(policy.calling.destinations), "no region without a budget"
    same = [field.name for field in fields(Calling) if field.name not in regional]
    assert all(getattr(policy.calling, name) == getattr(Calling(), name) for name in same)
    assert policy.base_currency == Policy().base_currency
    assert policy.in_base(Decimal(1000), "CNY") == 180
    assert policy.in_base(Decimal(1), "ZWG") is None


@pytest.mark.parametrize(
    ("text", "most"),
    [("", 3), ("[calling.per_number_3_days]\nCA = 5", 3), ("[calling.per_number_3_days]\nUS = 2", 2)],
)
def test_the_legal_limit_of_three_days_holds_whatever_the_policy_leaves_out(
    tmp_path: Path, text: str, most: int
) -> None:
    assert load(tmp_path, text).calling.per_number_3_days["US"] == most


@pytest.mark.parametrize("number", ["+17872345678", "+13406421234", "+16712345678", "+16702345678", "+16846221234"])
def test_the_legal_limit_holds_in_us_territories_with_a_region_of_their_own(tmp_path: Path, number: str) -> None:
    """Puerto Rico, the Virgin Islands, Guam, the Northern Marianas, American Samoa."""
    found = look_up(number)
    assert found is not None and found.region != "US"
    assert load(tmp_path, "").calling.per_number_3_days[found.region] == 3
    [said] = faults(tmp_path, f"[calling.per_number_3_days]\n{found.region} = 4")
    assert said.startswith(
        f"calling.per_number_3_days.{found.region}: must be at most 3, the legal limit in this region"
    )


@pytest.mark.parametrize(
    ("number", "rung"),
    [
        ("+6591234567", True),
        ("+6531590000", True),
        ("+85291234567", True),
        ("+14155552671", True),
        ("+447400123456", True),
        ("+8613800138000", False),  # mainland China: the provider does not go there
        ("+6519001234567", False),  # premium
        ("+18005551234", False),  # free for the caller: never a personal number
        ("+4915112345678", False),  # a region that the policy does not list
    ],
)
def test_the_shipped_policy_allows_calls_to_these_numbers_only(number: str, rung: bool) -> None:
    found = look_up(number)
    allowed = load_policy(SHIPPED).calling.destinations
    assert (found is not None and found.line_type in allowed.get(found.region, frozenset())) is rung


def test_a_setting_that_the_policy_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    policy = load(tmp_path, '[calling]\nopens = "09:30"\ncloses = 20:00:00\nmin_gap = 25\n[release]\ncooling = "1h"')
    given = Calling(opens=time(9, 30), closes=time(20), min_gap=timedelta(seconds=25), not_served=TWILIO.not_served)
    assert policy.calling == given
    assert policy.calling.destinations == {}
    assert policy.release == Release(cooling=timedelta(hours=1))
    assert policy.rates == {}


@pytest.mark.parametrize(
    ("text", "lasts"),
    [
        ('"30s"', timedelta(seconds=30)),
        ('"1.5m"', timedelta(seconds=90)),
        ('"20000ms"', timedelta(seconds=20)),
        ('"1h"', timedelta(hours=1)),
        ('"1d"', timedelta(days=1)),
        ("45", timedelta(seconds=45)),
        ("45.5", timedelta(seconds=45.5)),
    ],
)
def test_a_duration_is_read_with_its_unit_or_in_seconds(tmp_path: Path, text: str, lasts: timedelta) -> None:
    assert load(tmp_path, f"[calling]\nno_answer_gap = {text}\nmin_gap = 20").calling.no_answer_gap == lasts


NO_TIME = "must be a duration such as 30s, 5m, 72h, or a number of seconds"
CALLING_FAULTS = [
    ('ring_timeout = "30"', "ring_timeout: " + NO_TIME),
    ('ring_timeout = "-30s"', "ring_timeout: " + NO_TIME),
    ("ring_timeout = true", "ring_timeout: " + NO_TIME),
    ("ring_timeout = nan", "ring_timeout: " + NO_TIME),
    ("ring_timeout = 3", "ring_timeout: must be greater than or equal to 5 seconds"),
    ("busy_retries = -1", "busy_retries: must be greater than or equal to 0"),
    ("busy_retries = 1.5", "busy_retries: must be a whole number"),
    ('busy_retries = "3"', "busy_retries: must be a whole number"),
    ("max_calls_per_number_day = -1", "max_calls_per_number_day: must be greater than or equal to 1"),
    (
        "max_calls_per_number_day = 5",
        "max_calls_per_case: is above max_calls_per_number_day, so it would never be reached",
    ),
    ("busy_retries = 6", "busy_retries: plus the first call are more than max_calls_per_case"),
    ('opens = "21:00"', "closes: is the same as opens: no one could ever be called"),
    ('opens = "22:00"', "closes: is before opens: for hours across midnight write two spans in calling.hours"),
    ('opens = "8:00"', 'opens: must be a time of day such as "08:00"'),
    ('opens = "25:00"', 'opens: must be a time of day such as "08:00"'),
    (
        'ring_timeout = "2m"\nuseful_talk = "61s"',
        "useful_talk: and ring_timeout together are longer than the shortest window, 3m",
    ),
    ('time_limit = "1m"\nuseful_talk = "70s"', "time_limit: is shorter than useful_talk"),
    ('line_limit = "9m"', "line_limit: is shorter than time_limit"),
    ('busy_gap = "19s"', "busy_gap: is shorter than min_gap"),
    ('redial_unknown = "yes"', "redial_unknown: must be true or false"),
    ("max_calls = 3", "max_calls: unknown setting"),
    ("max_calls_per_person_day = 5", "max_calls_per_person_day: is below max_calls_per_number_day"),
    ("per_number_3_days.US = -1", "per_number_3_days.US: must be greater than or equal to 1"),
    (
        "per_number_3_days.US = 4",
        "per_number_3_days.US: must be at most 3, the legal limit in this region; write 3 or remove the line",
    ),
    ("per_hour.SG = 0", "per_hour.SG: must be greater than or equal to 1"),
    ("per_hour.XX = 5", "per_hour.XX: unknown region; must be two letters such as SG"),
    ("per_hour = 5", "per_hour: must be a table of regions"),
    ('not_served.XX = "far"', "not_served.XX: unknown region; must be two letters such as SG"),
    ('destinations.DE = ["mobile"]\nnot_served.DE = "no calls"', "destinations.DE: is not served: no calls"),
    ('destinations.CN = ["mobile"]', f"destinations.CN: is not served: {TWILIO.not_served['CN']}"),
    ('destinations.XX = ["mobile"]', "destinations.XX: unknown region; must be two letters such as SG"),
    ("destinations.SG = []", "destinations.SG: must be a list of line types"),
    ('destinations.SG = "mobile"', "destinations.SG: must be a list of line types"),
]


@pytest.mark.parametrize(("text", "line"), CALLING_FAULTS)
def test_a_faulty_calling_rule_is_refused_with_its_setting(tmp_path: Path, text: str, line: str) -> None:
    assert faults(tmp_path, f"[calling]\n{text}") == [f"calling.{line}"]


@pytest.mark.parametrize("kind", ["premium_rate", "shared_cost", "satellite", "unknown", "phone"])
def test_no_policy_rings_costly_or_unknown_kinds_of_line(tmp_path: Path, kind: str) -> None:
    lines = faults(tmp_path, f'[calling.destinations]\nSG = ["mobile", "{kind}"]')
    assert len(lines) == 1
    assert lines[0].startswith(f"calling.destinations.SG: line type {kind!r} cannot be called; must be one of ")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('tempo.post_within = "6s"', "tempo.post_within: must be less than or equal to 5 seconds"),
        ('tempo.settle_margin = "0s"', "tempo.settle_margin: must be greater than or equal to 1 second"),
        ('tempo.claim_lease = "5s"', None),
        ('tempo.sending_patience = "29s"', None),
        (
            'tempo.delivery_lease = "16s"',
            "tempo.delivery_lease: must be at least 17s, or a slow core would get decisions again and again",
        ),
        ("tempo.unknown_checks = []", "tempo.unknown_checks: must be one or more durations in ascending order"),
        (
            'tempo.unknown_checks = ["30s", "5s"]',
            "tempo.unknown_checks: must be one or more durations in ascending order",
        ),
        ('tempo.unknown_checks = ["5s", "11m"]', "tempo.unknown_checks: must end within 10m"),
        ('tempo.delivery_max_retry = "1s"\ntempo.delivery_first_retry = "2s"', None),
        ("tempo.delivery_attempts = 1", "tempo.delivery_attempts: must be greater than or equal to 10"),
        ('release.cooling = "89s"', "release.cooling: must be greater than or equal to 1 minute and 30 seconds"),
        ('release.shaken_for = "1h"', "release.shaken_for: must be greater than or equal to 3 days"),
        ('release.number_rest = "0s"', "release.number_rest: must be greater than or equal to 1 day"),
        ("release.max_amount = -1", "release.max_amount: must be greater than 0"),
        ('release.max_amount = "20000"', "release.max_amount: must be a number"),
        ("release.max_amount = inf", "release.max_amount: must be a number"),
        ("release.max_amount = 30001", "release.max_day: is below max_amount"),
        ("release.max_day = 60001", "release.max_week: is below max_day"),
        ("release.critical_may_release = true", "release.critical_may_release: unknown setting"),
        ("release.silence_allows = true", "release.silence_allows: unknown setting"),
        ("rates.EUR = 0", "rates.EUR: must be greater than 0"),
        ("rates.EURO = 1", "rates.EURO: unknown currency; must be an ISO 4217 code such as SGD"),
        ("rates.SGD = 2", "rates.SGD: is the base currency, so its rate must be 1"),
        ('base_currency = "DEM"', "base_currency: unknown currency; must be an ISO 4217 code such as SGD"),
        ('hold_basis = ""', None),
        ("colour = 1", "colour: unknown setting"),
        ("calling = 3", None),
    ],
)
def test_a_faulty_policy_value_is_refused_with_its_setting(tmp_path: Path, text: str, line: str | None) -> None:
    lines = faults(tmp_path, text)
    assert len(lines) == 1
    assert lines[0].startswith(text.partition(" = ")[0].partition(".")[0])
    assert line is None or lines == [line]


def test_many_faults_are_all_said_at_once(tmp_path: Path) -> None:
    text = (
        '[calling]\nopens = "8"\nbusy_retries = -1\n[tempo]\nx = 1\n[release]\ncooling = 1\n[rates]\nUSD = 0\nXXY = 1'
    )
    assert [line.partition(": ")[0] for line in faults(tmp_path, text)] == [
        "calling.busy_retries",
        "calling.opens",
        "tempo.x",
        "release.cooling",
        "rates.USD",
        "rates.XXY",
    ]


LADDER_FAULTS = [
    ("", "ladder.critical: must"),
    (
        '{ kind = "text_guardian", after = "0s" }',
        'ladder.critical.0: a ladder must begin with { kind = "call", after = "0s" }',
    ),
    ('{ kind = "call", after = "1s" }', 'ladder.critical.0: a ladder must begin with { kind = "call", after = "0s" }'),
    ('{ kind = "call", after = "50%" }', 'ladder.critical.0: a ladder must begin with { kind = "call", after = "0s" }'),
    ('{ kind = "letter", after = "0s" }', "ladder.critical.0.kind: unknown rung; must be one of call, call_alternate"),
    ('{ kind = [], after = "0s" }', "ladder.critical.0.kind: unknown rung; must be one of call, call_alternate"),
    ('{ kind = "call" }', "ladder.critical.0.after: is missing"),
    ('{ kind = "call", after = "-1s" }', "ladder.critical.0.after: must be a time since the flag such as"),
    ('{ kind = "call", after = "100%" }', "ladder.critical.0.after: must be a time since the flag such as"),
    ('{ kind = "call", after = "0s", often = 2 }', "ladder.critical.0.often: unknown setting"),
]


@pytest.mark.parametrize(("rung", "said"), LADDER_FAULTS)
def test_a_faulty_rung_is_refused_with_its_line(tmp_path: Path, rung: str, said: str) -> None:
    lines = faults(tmp_path, f"[ladder]\ncritical = [\n{rung}\n]")
    assert len(lines) == 1
    assert lines[0].startswith(said)


@pytest.mark.parametrize(
    ("window", "rungs", "said"),
    [
        ("30m", ['"text_guardian", after = "9m"', '"human_agent", after = "8m"'],
         "ladder.high.2: human_agent is due before the rung above it"),
        ("30m", ['"human_agent", after = "8m"', '"human_agent", after = "9m"'],
         "ladder.high.2: human_agent appears twice"),
        ("15m", ['"call_alternate", after = "14m"'],
         "ladder.high.1: call_alternate cannot finish within ladder.window: it needs 75s"),
        ("3m", ['"human_agent", after = "50%"'],
         "ladder.high.1: human_agent cannot finish within ladder.window: it needs 120s"),
    ],
)  # fmt: skip
def test_a_ladder_that_does_not_fit_together(tmp_path: Path, window: str, rungs: list[str], said: str) -> None:
    lines = "\n".join(f"{{ kind = {rung} }}," for rung in rungs)
    head = '{ kind = "call", after = "0s" },'
    short = 'critical = [{ kind = "call", after = "0s" }]\nmedium = [{ kind = "call", after = "0s" }]'
    assert faults(tmp_path, f'[ladder]\nwindow = "{window}"\n{short}\nhigh = [\n{head}\n{lines}\n]') == [said]


def test_a_ladder_of_the_banks_own(tmp_path: Path) -> None:
    policy = load(
        tmp_path, '[ladder]\nmedium = [{ kind = "call", after = 0 }, { kind = "police_handoff", after = "25%" }]'
    )
    assert policy.ladders[Tier.MEDIUM] == (
        Rung(kind=RungKind.CALL), Rung(kind=RungKind.POLICE_HANDOFF, share=Decimal("0.25"))
    )  # fmt: skip
    assert policy.ladders[Tier.HIGH] == Policy().ladders[Tier.HIGH]


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ('"Asia/Tokio" = ["09:00-20:00"]', "calling.hours.Asia/Tokio: unknown time zone; must be a name such as Asia/Singapore"),
        ('"Asia/Tokyo" = ["09:00-13:00", "12:00-20:00"]', "calling.hours.Asia/Tokyo: its hours overlap"),
        ('"Asia/Tokyo" = ["20:00-09:00"]', "calling.hours.Asia/Tokyo: 20:00-09:00 ends before it begins: for hours across midnight write two spans"),
        ('"Asia/Tokyo" = ["09:00"]', 'calling.hours.Asia/Tokyo: must be a list of hours such as ["08:00-12:00", "14:00-21:00"]'),
        ('"Asia/Tokyo" = []', 'calling.hours.Asia/Tokyo: must be a list of hours such as ["08:00-12:00", "14:00-21:00"]'),
    ],
)  # fmt: skip
def test_faulty_calling_hours_of_a_zone_are_refused(tmp_path: Path, hours: str, said: str) -> None:
    assert faults(tmp_path, f"[calling.hours]\n{hours}") == [said]


def test_each_fault_names_its_line(tmp_path: Path) -> None:
    text = """version = "1"
[calling]
busy_retries = -1

[ladder]
critical = [
    { kind = "call", after = "0s" },
    { kind = "call", after = "1x" },
    { kind = "fax", after = "2m" },
]
[calling.hours]
"Asia/Tokyo" = ["09:00-08:00"]
"""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_policy(path)
    assert [line.partition(": ")[0] for line in refused.value.faults] == [f"mine.toml:{n}" for n in (3, 12, 8, 9)]


def test_a_policy_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path, "[calling")[0].startswith("is not TOML: ")
    path = tmp_path / "mine.toml"
    for content, said in ((b"\xff", "is not UTF-8"), (b"", "version: is missing")):
        path.write_bytes(content)
        with pytest.raises(ConfigError) as refused:
            load_policy(path)
        assert refused.value.faults == [f"mine.toml: {said}"]
    with pytest.raises(ConfigError) as refused:
        load_policy(tmp_path / "no.toml")
    assert refused.value.faults == [
        f"WAKEUP_POLICY__FILE: {tmp_path}/no.toml: cannot be read: No such file or directory"
    ]


def test_the_version_changes_with_any_byte_of_the_file(tmp_path: Path) -> None:
    one, same, other = (load(tmp_path, text).version for text in ("# a", "# a", "# b"))
    assert one == same != other
    assert one.startswith("1+")
    assert len(one) == len("1+") + 12


@given(speed=st.floats(0.1, 10_000), minutes=st.floats(0.1, 600))
def test_a_fast_clock_stretches_the_machinery_and_nothing_else(speed: float, minutes: float) -> None:
    policy = load_policy(SHIPPED)
    fast = for_speed(policy, speed)
    assert (fast.calling, fast.release, fast.rates) == (policy.calling, policy.release, policy.rates)
    assert fast.tempo.delivery_attempts == policy.tempo.delivery_attempts
    assert fast.tempo.claim_lease == policy.tempo.claim_lease * speed
    assert fast.tempo.unknown_checks == tuple(check * speed for check in policy.tempo.unknown_checks)
    stretched = [
        field.name for field in fields(Tempo) if getattr(fast.tempo, field.name) != getattr(Tempo(), field.name)
    ]
    assert fast.review == replace(
        policy.review, lock=policy.review.lock * speed, second_within=policy.review.second_within * speed
    ), "people at the console live in real time; alarms are about transfers"
    assert fast.tempo.post_within == policy.tempo.post_within, "it is compared with real seconds"
    assert speed == 1.0 or len(stretched) == len(fields(Tempo)) - 2
    flagged = datetime(2026, 11, 22, tzinfo=UTC)
    window = timedelta(minutes=minutes)
    assert flagged + window - settle_at(flagged, flagged + window, fast.tempo) <= window / 10


def test_at_real_speed_the_policy_is_untouched() -> None:
    policy = load_policy(SHIPPED)
    assert for_speed(policy, 1.0) is policy


@pytest.mark.parametrize("law", ["[]", "{}", "1", '"often"'])
def test_a_recording_law_that_is_no_text_is_refused_like_an_unknown_one(tmp_path: Path, law: str) -> None:
    (line,) = faults(tmp_path, f"[recording]\nSG = {law}")
    assert line.startswith("recording.SG: must be one of ")


def test_a_rung_beyond_all_time_is_a_fault_like_a_late_one(tmp_path: Path) -> None:
    late = '{ kind = "call_alternate", after = "999999999.999d" }'
    (line,) = faults(tmp_path, f'[ladder]\ncritical = [{{ kind = "call", after = "0s" }}, {late}]')
    assert "cannot finish within ladder.window" in line
