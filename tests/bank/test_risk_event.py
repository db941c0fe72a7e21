"""A risk event is accepted exactly as meant, or refused with every fault named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.bank.bodies import GONE, NOW, accepted, event, faults, faults_with, raw
from wakeup.bank.locales import RESPELLED, UNKNOWN
from wakeup.bank.parse import parse_risk_event
from wakeup.bank.schemas import Customer, Guardian, RiskEvent
from wakeup.bank.translate import flagged_transfer
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.language import zh_or_en
from wakeup.domain.party import Payee
from wakeup.domain.transfer import Tier

AN_AMOUNT = "must be a string of at most 13 digits and 3 decimals, such as 52000.00"
A_TIME = "must be an RFC 3339 time with an offset, such as 2026-11-22T09:30:00Z"
A_LANGUAGE = "must be a language tag such as zh-CN or en"
AN_ID = "must be 1 to 64 of A-Z, a-z, 0-9 and _ . : -, not . or .."
E164 = "must be an E.164 number: + and 7 to 15 digits"
IMPOSSIBLE = "is not a possible number: the country code or length is wrong"
UNREACHABLE = "is not assigned in the numbering plan and will not be called"


def test_the_example_becomes_the_value_the_use_cases_take() -> None:
    flagged = flagged_transfer(accepted(), client="BANK")

    assert (flagged.event_id, flagged.client) == ("evt_20261122_0001", "BANK")
    assert flagged.amount == Decimal("52000.00")
    assert flagged.tier is Tier.CRITICAL
    assert flagged.customer.number is not None
    assert (flagged.customer.number.region, flagged.customer.number.line_type) == ("SG", "mobile")
    assert flagged.customer.bank_id == flagged.customer_id == "u_1042"
    assert [(g.bank_id, g.locale) for g in flagged.guardians] == [("g_7", "en")]
    assert flagged.payee == Payee(name="Sunrise Wealth", account="001-234567-8", bank="Example Bank")
    assert flagged.signals == ("screen_share", "new_payee")
    assert (flagged.vulnerable, flagged.forwarding, flagged.alternates) == (False, False, ())


def test_an_event_says_whether_a_guardian_is_under_age_or_linked_and_their_accounts() -> None:
    changes = {"guardians.0.birth_year": 2008, "guardians.0.linked": True, "guardians.0.accounts": ["001-9"]}
    [one] = flagged_transfer(accepted(changes), client="BANK").guardians
    assert (one.minor, one.linked, one.accounts) == (True, True, ("001-9",)), "18 this year may still be under age"
    assert one.consented_at is not None
    [other] = flagged_transfer(accepted({"guardians.0.birth_year": 2007}), client="BANK").guardians
    assert (other.minor, other.linked, other.accounts) == (False, False, ())


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("transfer.amount", "1E+999999", AN_AMOUNT),
        ("transfer.amount", "1e5", AN_AMOUNT),
        ("transfer.amount", "NaN", AN_AMOUNT),
        ("transfer.amount", "-5.00", AN_AMOUNT),
        ("transfer.amount", "12345678901234", AN_AMOUNT),
        ("transfer.amount", "1.2345", AN_AMOUNT),
        ("transfer.amount", "٥٢٠", AN_AMOUNT),
        ("transfer.amount", "5\n", AN_AMOUNT),
        ("transfer.amount", 52000.0, AN_AMOUNT),
        ("transfer.amount", None, AN_AMOUNT),
        ("transfer.amount", "0.000", "must be more than zero"),
        ("transfer.amount", "1.234", "has more decimals than its currency"),
        ("transfer.currency", "XXX", "must be an ISO 4217 code in use today, such as SGD"),
        ("transfer.currency", "DEM", "must be an ISO 4217 code in use today, such as SGD"),
        ("transfer.currency", "sgd", "must be an ISO 4217 code in use today, such as SGD"),
        ("transfer.decide_by", "2026-11-22T10:00:00", A_TIME),
        ("transfer.decide_by", 1795341600, A_TIME),
        ("transfer.decide_by", "2026-02-30T10:00:00Z", "is not a valid time"),
        ("transfer.decide_by", "9999-12-31T23:59:59-23:59", "is not a valid time"),
        ("transfer.decide_by", "1999-12-31T23:59:59Z", "is outside the years 2000 to 2099"),
        ("transfer.hold_max", "2026-11-22T09:59:59Z", "is before decide_by"),
        ("transfer.payee", None, "must be an object"),
        ("transfer.payee.account", "", "must not be empty"),
        ("occurred_at", "2026-11-22T09:35:02Z", "is more than 5 minutes in the future"),
        ("event_id", "x" * 65, AN_ID),
        ("event_id", "evt 1", AN_ID),
        ("transfer.id", ".", AN_ID),
        ("customer.id", "..", AN_ID),
        ("customer.id", ".." + "x" * 63, AN_ID),
        ("event_id", "", AN_ID),
        ("event_id", 7, "must be a string"),
        ("customer.id", "u_1\n", AN_ID),
        ("customer.phone", "91234567", E164),
        ("customer.phone", "+65 9123 4567", E164),
        ("customer.phone", "+6591234567;ext=1", E164),
        ("customer.phone", "+٦٥٩١٢٣٤٥٦٧", E164),
        ("customer.phone", "+999123456789", IMPOSSIBLE),
        ("customer.phone", "+65912345678901", IMPOSSIBLE),
        ("customer.phone", "+6500000000000", IMPOSSIBLE),
        ("customer.name", "A\x00B", "contains control characters"),
        ("customer.name", "A\u202eB", "contains control characters"),
        ("customer.name", "A\u2028B", "contains control characters"),
        ("customer.name", "\ud800", "is not valid Unicode"),
        ("customer.name", "x" * 121, "is longer than 120 characters"),
        ("customer.locale", "", A_LANGUAGE),
        ("customer.locale", "zh CN", A_LANGUAGE),
        ("customer.locale", "zh-CN\n", A_LANGUAGE),
        ("customer.locale", "中文", A_LANGUAGE),
        ("customer.locale", "zh" + "-CN" * 9, A_LANGUAGE),
        ("customer.locale", 86, A_LANGUAGE),
        ("customer.timezone", "Mars/Olympus", "must be an IANA time zone such as Asia/Singapore"),
        ("customer.timezone", "../../etc/passwd", "must be an IANA time zone such as Asia/Singapore"),
        ("customer.birth_year", 1850, "must be at least 1900"),
        ("customer.birth_year", "1957", "must be a whole number"),
        ("customer.birth_year", True, "must be a whole number"),
        ("customer.vulnerable", "yes", "must be true or false"),
        ("customer.alternate_phones", ["+6591234567"] * 6, "has more than 5 items"),
        ("customer.alternate_phones", "+6591234567", "must be an array"),
        ("customer", [], "must be an object"),
        ("risk.tier", "low", "must be 'critical', 'high' or 'medium'"),
        ("risk.score", 1.01, "must be at most 1.0"),
        ("risk.score", "0.9", "must be a number"),
        ("risk.typology", "Fake Invest", "must be a lower-case code of at most 64 letters, digits and _"),
        ("transfer.share_of_balance", 1.5, "must be at most 1.0"),
        ("transfer.share_of_balance", "half", "must be a number"),
        ("guardians", None, "must be an array"),
        ("type", "label", "must be 'risk_event'"),
        ("customer.phone", GONE, "is missing"),
        ("transfer.hold_max", GONE, "is missing"),
        ("risk", GONE, "is missing"),
    ],
)
def test_a_bad_field_is_named_with_its_reason(path: str, value: Any, reason: str) -> None:
    assert faults_with({path: value}) == {path: reason}


def test_faults_inside_lists_carry_their_place() -> None:
    guardian = event()["guardians"][0]
    twice = [guardian, {**guardian, "phone": "n/a"}]
    assert faults_with({"guardians": twice}) == {"guardians[1].phone": E164}
    assert faults_with({"customer.alternate_phones": ["+6591234567", "1"]}) == {"customer.alternate_phones[1]": E164}
    assert faults_with({"guardians": [guardian, guardian]}) == {"guardians": "contains the same id twice"}


def test_every_fault_of_an_event_is_named_at_once() -> None:
    found = faults_with(
        {
            "event_id": GONE,
            "occurred_at": "2030-01-01T00:00:00Z",
            "customer.phone": "+1",
            "customer.timezone": "nowhere",
            "transfer.amount": "NaN",
            "transfer.hold_max": "2026-11-22T08:00:00Z",
            "risk.tier": "severe",
            "guardians.0.locale": "?",
        }
    )
    assert set(found) == {
        "event_id",
        "occurred_at",
        "customer.phone",
        "customer.timezone",
        "transfer.amount",
        "transfer.hold_max",
        "risk.tier",
        "guardians[0].locale",
    }


def test_an_unknown_field_names_only_where_it_stands() -> None:
    """And the fields that are known there: a developer who wrote `phone_changed` for `phone_changed_at` finds it."""
    found = faults_with({"customer.+6591234567": 1, "transfer.payee.secret": 2, "surplus": 3})
    unknown = "has an unknown field; known fields are "
    assert found == {
        "customer": unknown + ", ".join(Customer.model_fields),
        "transfer.payee": unknown + "name, account, bank, phone",
        "": unknown + ", ".join(RiskEvent.model_fields),
    }
    assert "phone_changed_at" in found["customer"] and "91234567" not in str(found)


@pytest.mark.parametrize(
    ("agreed", "reason"),
    [
        (GONE, "is missing: this guardian is never called or written to, unless your list of guardians has it"),
        ("2026-11-22T17:30:00Z", "is more than 5 minutes in the future: this guardian does not count yet"),
    ],
)
def test_an_event_is_accepted_with_a_warning_about_a_guardian_who_has_no_weight(agreed: Any, reason: str) -> None:
    [warning] = accepted({"guardians.0.consented_at": agreed}).warnings
    assert (warning.field, warning.reason) == ("guardians[0].consented_at", reason)


def test_an_unknown_field_of_a_guardian_is_one_of_a_guardian() -> None:
    broken = event({"guardians": [{**event()["guardians"][0], "mobile": "+6591234567"}]})
    [(field, reason)] = faults(raw(broken)).items()
    assert (field, reason.partition("; known fields are ")[2]) == ("guardians[0]", ", ".join(Guardian.model_fields))


def test_the_number_of_faults_told_is_bounded() -> None:
    assert len(faults(raw({**event({"risk.signals": ["!"] * 50}), "guardians": [{}] * 10}))) == 50


@pytest.mark.parametrize("locale", ["zh-Hant-HK", "yue-HK", "cmn-TW", "nan", "ms-SG", "ta-IN", "es-419"])
def test_a_customers_locale_is_accepted_whatever_its_language(locale: str) -> None:
    parsed = accepted({"customer.locale": locale})
    assert (parsed.body.customer.locale.tag, parsed.warnings) == (locale, ())


@pytest.mark.parametrize(
    ("spelled", "tag"),
    [
        ("zh_CN", "zh-CN"),
        ("ZH-cn", "zh-CN"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("zh_CN_#Hans", "zh-Hans-CN"),
        ("zh_CN.UTF-8", "zh-CN"),
        ("ca@valencia", "ca"),
        ("zh-cmn-Hans-CN", "zh-Hans-CN"),
        ("en-US-x-private", "en-US"),
        ("en-u-ca-gb", "en"),
        ("de-CH-1996", "de-CH"),
    ],
)
def test_another_spelling_of_a_locale_costs_no_call(spelled: str, tag: str) -> None:
    """The same for a guardian, in an event and in a list."""
    parsed = accepted({"customer.locale": spelled, "guardians.0.locale": spelled})
    flagged = flagged_transfer(parsed, client="BANK")
    assert [flagged.customer.locale, flagged.guardians[0].locale] == [tag, tag]
    assert {warning.field: warning.reason for warning in parsed.warnings} == {
        "customer.locale": RESPELLED,
        "guardians[0].locale": RESPELLED,
    }


@pytest.mark.parametrize("locale", ["zz-ZZ", "cn", "english"])
def test_a_language_that_does_not_exist_costs_no_call_either(locale: str) -> None:
    parsed = accepted({"customer.locale": locale})
    assert zh_or_en(parsed.body.customer.locale.tag) == "en"
    assert [(warning.field, warning.reason) for warning in parsed.warnings] == [("customer.locale", UNKNOWN)]


def test_a_window_already_closed_is_accepted() -> None:
    assert accepted({"transfer.decide_by": "2026-11-22T09:00:00Z"}).body.transfer.decide_by < NOW


def test_the_sender_s_clock_may_be_five_minutes_ahead() -> None:
    ahead = NOW + timedelta(minutes=5)
    assert accepted({"occurred_at": ahead.isoformat()}).body.occurred_at == ahead


def test_an_unknown_typology_is_asked_about_generically_and_named_in_a_warning() -> None:
    parsed = accepted({"risk.typology": "quantum_scam"})

    assert flagged_transfer(parsed, client="BANK").typology == "generic"
    (warning,) = parsed.warnings
    assert warning.field == "risk.typology"
    assert "quantum_scam" not in warning.reason
    assert all(code in warning.reason for code in TYPOLOGIES)


@pytest.mark.parametrize(
    ("signals", "places"),
    [
        (["family_risk", "new_payee", "screen_share", "high_risk", "payee_risk"], []),
        (["new_payee", "familyrisk"], [1]),
        (["risk_family", "family", "family_at_risk", "famly_risk", "fam_risk"], [0, 1, 2, 3, 4]),
    ],
)
def test_a_signal_that_looks_like_the_one_with_an_effect_is_named_in_a_warning(
    signals: list[str], places: list[int]
) -> None:
    parsed = accepted({"risk.signals": signals})
    assert [warning.field for warning in parsed.warnings] == [f"risk.signals[{n}]" for n in places]
    assert all("family_risk" in warning.reason for warning in parsed.warnings)
    assert flagged_transfer(parsed, client="BANK").signals == tuple(signals)


def test_a_typology_that_a_script_was_written_for_is_one() -> None:
    known = TYPOLOGIES | {"quantum_scam"}
    parsed = parse_risk_event(raw(event({"risk.typology": "quantum_scam"})), now=NOW, typologies=known)
    assert parsed.warnings == ()
    assert flagged_transfer(parsed, client="BANK", typologies=known).typology == "quantum_scam"


def test_a_number_that_is_not_assigned_does_not_cost_the_event() -> None:
    """+65 2 is not a Singapore range; the second alternate and the guardian's number cannot exist at all."""
    parsed = accepted(
        {
            "customer.phone": "+6521234567",
            "customer.alternate_phones": ["+6581234567", "+999123456789"],
        }
        | {"guardians.0.phone": "+65123456"}
    )
    flagged = flagged_transfer(parsed, client="BANK")

    assert flagged.customer.number is None
    assert [person.number is None for person in flagged.alternates] == [False, True]
    assert flagged.guardians[0].number is None
    assert {warning.field: warning.reason for warning in parsed.warnings} == {
        "customer.phone": UNREACHABLE,
        "customer.alternate_phones[1]": UNREACHABLE,
        "guardians[0].phone": UNREACHABLE,
    }


def test_times_of_any_zone_become_utc() -> None:
    parsed = accepted({"transfer.created_at": "2026-11-22T17:29:58.25+08:00"})
    assert parsed.body.transfer.created_at == datetime(2026, 11, 22, 9, 29, 58, 250000, tzinfo=UTC)
    assert parsed.body.transfer.created_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("amount", "currency"), [("1.234", "KWD"), ("5", "JPY"), ("5.00", "JPY"), ("5.50", "RSD"), ("5.5", "SGD")]
)
def test_decimals_follow_the_currency(amount: str, currency: str) -> None:
    parsed = accepted({"transfer.amount": amount, "transfer.currency": currency})
    assert parsed.body.transfer.amount == Decimal(amount)


def test_the_same_content_in_other_spelling_has_the_same_hash() -> None:
    turned = {key: event()[key] for key in reversed(event())}
    spelled = raw(turned).replace(b": ", b" :\n\t").replace("陈".encode(), b"\\u9648")
    assert parse_risk_event(spelled, now=NOW).content_hash == accepted().content_hash
    assert accepted({"transfer.amount": "52000.01"}).content_hash != accepted().content_hash


def test_optional_fields_may_be_left_out() -> None:
    parsed = accepted(
        {"guardians": GONE, "customer.name": GONE, "customer.alternate_phones": GONE, "customer.birth_year": GONE}
        | {"risk.typology": GONE, "risk.signals": GONE, "risk.model": GONE, "transfer.payee.phone": GONE}
    )
    flagged = flagged_transfer(parsed, client="BANK")
    assert (flagged.guardians, flagged.birth_year, flagged.typology, flagged.signals) == ((), None, "generic", ())
    assert parsed.warnings == ()
