"""Logs: one masked line per event, from every library. No phone number comes out, and ids stay readable."""

from __future__ import annotations

import gc
import io
import json
import logging
import re
import subprocess
import sys
import threading
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest
import structlog
from hypothesis import assume, example, given
from hypothesis import strategies as st

from wakeup.runtime.logs.masking import DENIED_KEYS, MASKED, MAX_TEXT, NUMBER, SECRET, mask_event, mask_text
from wakeup.runtime.logs.setup import LIBRARIES, configure_logging, log_uncaught

PHONE = "+6591234567"
WORDLESS = st.text(st.characters(codec="utf-8", exclude_categories=["Nd", "Nl", "No"]), max_size=20)
IDS = st.one_of(
    st.from_regex(r"(att|case|dec|evt|t|u|g|msg|req)_[0-9a-f]{10,32}", fullmatch=True),
    st.from_regex(r"(att|case|dec)_[0-9]{8,20}", fullmatch=True),
    st.from_regex(r"(CA|SM|AC|RE|MG)[0-9a-f]{32}", fullmatch=True),
    st.binary(min_size=8, max_size=32).map(lambda raw: f"{raw.hex()}a1b"),
    st.uuids().map(str),
    st.datetimes(datetime(1980, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)).map(datetime.isoformat),
    st.dates().map(str).filter(lambda day: day[:2] in ("19", "20")),
    st.ip_addresses(v=4).map(str),
    st.integers(1, 65535).map(lambda port: f"127.0.0.1:{port}"),
    st.integers(0, 9_999_999).map(str),
    st.from_regex(r"/twilio/voice/att_[0-9a-f]{24}/[0-9]{1,2}", fullmatch=True),
)


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A log stream; all global settings are restored afterwards."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level, hooks = list(root.handlers), root.level, (sys.excepthook, threading.excepthook)
    levels = {name: logging.getLogger(name).level for name in LIBRARIES}
    yield io.StringIO()
    structlog.configure(**before)
    structlog.contextvars.clear_contextvars()
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)
    sys.excepthook, threading.excepthook = hooks


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A possible phone number in a common notation, and its digits."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)))
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    assume(example is not None)
    assert example is not None
    e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    shift = draw(st.integers(0, 9_999))
    e164 = f"{e164[:-4]}{(int(e164[-4:]) + shift) % 10_000:04}"
    spaced = phonenumbers.format_number(phonenumbers.parse(e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    ways = [e164, spaced, spaced.replace(" ", "-"), spaced.replace(" ", "."), e164.replace("+", "%2B"), f"tel:{e164}"]
    ways += [e164.replace("+", "\uff0b"), f"({e164})", f"phone={e164}&x", f"to_{e164}", f"a{e164}b"]
    if len(digits(e164)) >= 8:
        ways += [e164[1:], f"00{e164[1:]}", f"tel{e164[1:]}", f"电话{e164[1:]}", f"phone_{e164[1:]}"]
    return draw(st.sampled_from(ways)), digits(e164)


@example(number=("002250123456789", "2250123456789"), before="", after="a")
@example(number=("002250123456789", "2250123456789"), before="", after="abcdefabcdefabcdef")
@given(number=numbers(), before=WORDLESS, after=WORDLESS)
def test_no_number_that_goes_in_comes_out(number: tuple[str, str], before: str, after: str) -> None:
    written, bare = number
    assume(not before[-1:].isascii() or (not before[-1:].isalnum() and before[-1:] != "_"))
    assert bare[-6:] not in digits(mask_text(f"{before}{written}{after}"))


@example(number=("电话24740123", "24740123"), key="case_id")
@given(number=numbers(), key=st.sampled_from(["event", "error", "case_id", "customer_id", "id", "sum", "phone", "To"]))
def test_no_number_comes_out_of_any_corner_of_an_event(number: tuple[str, str], key: str) -> None:
    written, bare = number
    assume("_" not in written and "tel" not in written)
    event = {
        key: written,
        "list": [written, (written,)],
        "deep": {"x": {written: {written}}},
        "error": ValueError(written),
    }
    shown = json.dumps(mask_event(None, "info", event | {written: 1}), default=repr, ensure_ascii=False)
    assert bare[-6:] not in digits(shown)


@given(st.sampled_from(["9123 4567", "6591234567", "138-0013-8000", "(02) 9876 5432", "555-123-4567", "555.123.4567"]))
def test_a_phone_number_without_a_plus_is_masked(number: str) -> None:
    assert mask_text(f"call {number} now") == f"call {NUMBER} now"


@pytest.mark.parametrize("number", ["+6591234", "\uff0b6591234", "%2B6591234", "%2b6591234", "+65 (0) 91-23.4"])
def test_a_plus_makes_a_number_of_seven_digits(number: str) -> None:
    assert mask_text(f"to={number};") == f"to={NUMBER};"


@given(one=IDS, other=IDS)
def test_ids_moments_ports_and_counts_survive(one: str, other: str) -> None:
    text = f"{one} of {other}: done"
    assert mask_text(text) == text
    assert mask_event(None, "info", {"x": one, "case_id": other}) == {"x": one, "case_id": other}


@pytest.mark.parametrize("value", ["TRX-20261122-000123", "2026112200012345678", "u_6591234567", "abc"])
def test_ids_of_the_bank_survive_under_a_key_that_says_so(value: str) -> None:
    assert mask_event(None, "info", {"transfer_id": value})["transfer_id"] == value


@given(st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


def test_values_that_are_no_text_keep_their_type() -> None:
    event = {"status": 200, "ms": 1.5, "at": 1763800000, "ok": True, "none": None, "phone": None, "to": False}
    assert mask_event(None, "info", dict(event)) == event
    others = mask_event(None, "info", {"raw": b"12345678", "sum": Decimal("52000.00"), "u": uuid.UUID(int=0x12345678)})
    assert others == {"raw": "[8 bytes]", "sum": "52000.00", "u": "00000000-0000-0000-0000-000012345678"}


@pytest.mark.parametrize("key", [*sorted(DENIED_KEYS), "Body", "SpeechResult", "customer_name", "guardian_phone"])
def test_a_value_under_a_denied_key_is_never_shown(key: str) -> None:
    for value in ("陈美玲", 52000, ["x"], {"y": 1}):
        assert mask_event(None, "info", {key: value, "in": {key: value}}) == {key: MASKED, "in": {key: MASKED}}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.DEF-123", f"Authorization: Bearer {SECRET}"),
        ("basic\tdXNlcjpwYXNz", f"basic\t{SECRET}"),
        ("signed with whsec_c2VjcmV0+/=", f"signed with {SECRET}"),
        ("postgresql://user:pw@db/wakeup", f"postgresql://{SECRET}@db/wakeup"),
    ],
)
def test_secrets_are_masked_in_texts(text: str, shown: str) -> None:
    assert mask_text(text) == shown


def test_a_long_text_is_cut_and_takes_no_long_time() -> None:
    begun = time.process_time()
    for text in ("a1" * 500_000, "1" * 1_000_000, "1 " * 500_000, "+1(" * 300_000, "a_" * 500_000, "@" * 1_000_000):
        assert len(mask_text(text)) <= MAX_TEXT + 1
    assert time.process_time() - begun < 2


def test_a_value_that_cannot_be_written_does_not_stop_the_line() -> None:
    class Stubborn:
        def __str__(self) -> str:
            raise RuntimeError(PHONE)

    assert mask_event(None, "info", {"x": Stubborn()}) == {"x": "[Stubborn cannot be written: RuntimeError]"}


def test_a_json_line_has_moment_level_event_and_bound_ids(stream: io.StringIO) -> None:
    configure_logging("json", "info", stream)
    structlog.contextvars.bind_contextvars(case_id="case_1", note=PHONE)
    structlog.get_logger().info("call_ended", disposition="answered", 电话=PHONE)
    structlog.get_logger().debug("not_shown")
    (line,) = lines(stream)
    assert list(line)[:3] == ["timestamp", "level", "event"]
    assert datetime.fromisoformat(line.pop("timestamp")).tzinfo is UTC
    told = {"level": "info", "event": "call_ended", "case_id": "case_1", "note": MASKED}
    assert line == {**told, "disposition": "answered", "电话": NUMBER}


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_locals_and_no_number(stream: io.StringIO, form: str) -> None:
    configure_logging(form, "info", stream)

    def ring(sentence: str) -> None:
        raise ValueError(f"cannot ring {PHONE}") from KeyError(len(sentence), PHONE)

    try:
        ring("a spoken sentence".upper())
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("somebody").exception("failed for %s", PHONE)
    told = stream.getvalue()
    assert told.count(f"cannot ring {NUMBER}") == 2
    assert "Traceback" in told
    assert "A SPOKEN SENTENCE" not in told
    assert "91234567" not in told


def test_libraries_speak_through_the_same_mask_and_only_from_warning_on(stream: io.StringIO) -> None:
    configure_logging("json", "debug", stream)
    for name in LIBRARIES:
        logging.getLogger(f"{name}.inner").info("hidden")
        logging.getLogger(f"{name}.inner").warning("asked for %s", PHONE)
    assert [(line["event"], line["level"]) for line in lines(stream)] == [(f"asked for {NUMBER}", "warning")] * len(
        LIBRARIES
    )


def test_a_broken_log_call_of_a_library_prints_no_arguments(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging("json", "info", stream)
    two_places = "%s and %s"
    logging.getLogger("somebody").warning(two_places, PHONE)
    assert lines(stream) == [{"level": "error", "event": "log_line_failed", "logger": "somebody"}]
    assert capsys.readouterr() == ("", "")


def test_warnings_and_uncaught_errors_become_lines(stream: io.StringIO, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("json", "info", stream)
    log_uncaught()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"old number {PHONE}", stacklevel=1)

    def fails() -> None:
        raise ValueError(PHONE)

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    first, second = lines(stream)
    assert "old number" in first["event"]
    assert second["event"] == "uncaught_error"
    assert "91234567" not in stream.getvalue() + "".join(capsys.readouterr())


def test_a_stream_that_is_gone_stops_no_log_line(stream: io.StringIO) -> None:
    sink = configure_logging("json", "info", stream)
    lost = sink.lost
    stream.close()
    structlog.get_logger().info("still_here")
    logging.getLogger("somebody").warning("still here")
    assert sink.lost == lost + 2


def test_a_stream_of_few_letters_and_a_lone_surrogate(stream: io.StringIO) -> None:
    for form in ("json", "console"):
        raw = io.BytesIO()
        configure_logging(form, "info", io.TextIOWrapper(raw, encoding="ascii"))
        structlog.get_logger().info("heard", where="转账\ud800")
        assert b"heard" in raw.getvalue()
    assert not stream.getvalue()


def test_configuring_again_moves_loggers_already_in_use(stream: io.StringIO) -> None:
    configure_logging("json", "info", io.StringIO())
    log = structlog.get_logger()
    log.info("first")
    configure_logging("console", "info", stream)
    log.info("second")
    assert "second" in stream.getvalue()
    with structlog.testing.capture_logs() as captured:
        log.info("third")
    assert [entry["event"] for entry in captured] == ["third"]


def test_a_line_costs_little(stream: io.StringIO) -> None:
    """About 30 us on a busy machine. Compared with plain JSON of the same fields, so that the machine's load does
    not matter.
    """
    configure_logging("json", "info", stream)
    log = structlog.get_logger()
    fields: dict[str, Any] = {
        "case_id": "case_01kaxq3z7f8m2v9t",
        "attempt_id": "att_5f3c1234ab345678901234",
        "turn": 3,
        "status": 200,
        "node": "question.1",
        "input": "keys",
        "duration_ms": 3.21,
        "tier": "critical",
        "route": "/twilio/voice",
    }

    def took(line: Callable[[], object]) -> float:
        begun = time.process_time()
        for _ in range(200):
            line()
        return (time.process_time() - begun) / 200

    gc.disable()  # the collector would scan what other tests left in this process
    try:
        # Alternately, so that what slows the machine slows both.
        rounds = [
            (
                took(lambda: json.dumps({"event": "turn_answered", **fields})),
                took(lambda: log.info("turn_answered", **fields)),
            )
            for _ in range(30)
        ]
    finally:
        gc.enable()
    plain, ours = (min(times) for times in zip(*rounds, strict=True))
    assert ours < 8 * plain, f"{ours * 1e6:.1f} us a line, plain JSON {plain * 1e6:.1f} us"


def test_a_process_that_leaves_at_once_writes_its_last_lines_and_waits_for_no_thread() -> None:
    script = """
import sys, threading, structlog
from wakeup.runtime.logs.setup import configure_logging, in_background, leave_at_once
from wakeup.runtime.settings.types import LogFormat, LogLevel
configure_logging(LogFormat.JSON, LogLevel.INFO, sys.stderr)
with in_background():
    threading.Thread(target=threading.Event().wait).start()
    structlog.get_logger().error("store_left_hanging")
    leave_at_once(1)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stderr)["event"] == "store_left_hanging"
