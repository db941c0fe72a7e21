"""Strict JSON: input that two parsers could read differently is rejected."""

from __future__ import annotations

import pytest

from tests.bank.bodies import NOW, event, faults, raw
from wakeup.bank.faults import Malformed
from wakeup.bank.parse import parse_batch, parse_risk_event
from wakeup.bank.strict_json import MAX_DEPTH, read_json


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is not JSON, from character 1 on"),
        (b"{", "is not JSON, from character 2 on"),
        (raw(event()) + b"{}", f"is not JSON, from character {len(raw(event()).decode()) + 1} on"),
        (b"\xef\xbb\xbf{}", "is not JSON, because of its byte order mark"),
        (b'{"a":\x00}', "is not JSON, from character 6 on"),
        (b'{"a":01}', "is not JSON, from character 7 on"),
        (b"{'a':1}", "is not JSON, from character 2 on"),
        (b'{"a":' + b"9" * 5000 + b"}", "contains a number of too many digits"),
        (b'{"name":"\xff"}', "is not UTF-8"),
        ('{"name":"a"}'.encode("utf-16"), "is not UTF-8"),
        (b'{"a":1,"b":2,"a":1}', "contains the same key twice in one object"),
        (b'{"a":[{"x":{},"\\u0078":1}]}', "contains the same key twice in one object"),
        (b'{"a":[[{"x":"y","x":"y"}]]}', "contains the same key twice in one object"),
        (b'{"a":{"x":["y"]},"a":{"x":["y"]}}', "contains the same key twice in one object"),
        (b'{"b":[' + b"{}," * 100 + b'{"x":1,"x":1}]}', "contains the same key twice in one object"),
        (b'{"a":NaN}', "contains NaN or Infinity, which are not JSON"),
        (b'{"a":-Infinity}', "contains NaN or Infinity, which are not JSON"),
        (b"[" * 17 + b"]" * 17, "is nested more than 16 deep"),
        (b'{"a":' * 17 + b'"b"' + b"}" * 17, "is nested more than 16 deep"),
        (b'{"a":' * 60000, "is nested more than 16 deep"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"null", "must be a JSON object"),
    ],
)
def test_a_body_that_is_no_valid_json_object_is_malformed(body: bytes, reason: str) -> None:
    assert faults(body) == {"": reason}


@pytest.mark.parametrize("spoilt", ['{"a":}', '{"a" 1}', "{'a':1}"])
def test_of_a_batch_that_is_not_json_the_character_is_named(spoilt: str) -> None:
    good = raw(event()).decode()
    body = f'{{"events":[{good},{spoilt},{good}]}}'
    with pytest.raises(Malformed) as caught:
        parse_batch(body.encode(), now=NOW)
    [fault] = caught.value.faults
    wrong = body.index(spoilt) + {'{"a":}': 6, '{"a" 1}': 6, "{'a':1}": 2}[spoilt]
    assert (fault.field, fault.reason) == ("", f"is not JSON, from character {wrong} on")


@pytest.mark.parametrize("many", [1, 100])
@pytest.mark.parametrize("text", ["plain", "a\\b", 'a"b', "\n", "陈美玲", ""])
def test_json_is_read_the_same_and_sorted_whether_read_quickly_or_slowly(text: str, many: int) -> None:
    items: list[object] = [text, 1, 0.5, None, True, [], {}, *[{"b": text, "a": [text]}] * many]
    content = {"z": items, text: {"y": text, "x": {}}, "a": text}
    read = read_json(raw(content))
    assert read == content
    assert list(read) == sorted(content)
    assert [list(read["z"][-1]), list(read[text])] == [["a", "b"], ["x", "y"]]


def test_brackets_inside_strings_are_not_depth() -> None:
    content = {"text": "[{" * 100 + '"\\', "more": [[]] * 100}
    assert read_json(raw(content)) == content
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert read_json(deepest)


def test_reading_takes_linear_time() -> None:
    """Two million unclosed quotes: quadratic time would take hours, and the suite has a limit."""
    assert faults(b"[" * 17 + b'"' + b'\\"' * 1_000_000) == {"": "is nested more than 16 deep"}
    assert faults(b'"' + b'\\"' * 1_000_000 + b"[" * 17) == {"": "is not JSON, from character 1 on"}


def test_a_score_beyond_all_bounds_is_refused() -> None:
    assert faults(raw(event()).replace(b"0.97", b"1e999")) == {"risk.score": "must be a finite number"}


def test_errors_drag_no_input_along() -> None:
    """Neither cause nor context: a log of the exception could print the body from there."""
    for body in (raw(event())[:-40], raw(event({"customer.phone": "12"})), b"\xff"):
        with pytest.raises(Malformed if body[-1:] != b"}" else Exception) as caught:
            parse_risk_event(body, now=NOW)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None
