"""Settings: which source wins, what is refused and with which message, and that no secret is ever shown."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wakeup.domain.errors import ConfigError
from wakeup.runtime.data_files import FOLDERS, data_folder
from wakeup.runtime.settings.report import BEGIN, END, effective, fingerprints, table
from wakeup.runtime.settings.settings import Keys, Settings, load_settings, new_keys
from wakeup.runtime.settings.types import LogFormat
from wakeup.web.clients import Scope

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
WHSEC = "whsec_" + base64.b64encode(b"a secret of thirty-two bytes ...").decode()
OTHER_WHSEC = "whsec_" + base64.b64encode(b"another secret of 32 bytes .....").decode()
AUTH_TOKENS = ("f00dfeedf00dfeedf00dfeedf00dfeed", "cafecafecafecafecafecafecafecafe")
BEARER = "kX9-a-bearer-key-of-enough-length-0001"


def key(seed: int) -> str:
    return base64.b64encode(hashlib.sha256(bytes([seed])).digest()).decode()


GOOD: Mapping[str, str] = {
    "PATH": "/usr/bin",
    "WAKEUP_PUBLIC_BASE_URL": "https://wakeup.example.com/",
    "WAKEUP_KEYS__DATA": f"{key(1)}, {key(2)}",
    "WAKEUP_KEYS__INDEX": key(3),
    "WAKEUP_KEYS__TAG": key(4),
    "WAKEUP_KEYS__AUDIT": key(5),
    "WAKEUP_KEYS__SESSION": key(6),
    "WAKEUP_TWILIO__ACCOUNT_SID": "AC" + "0123456789abcdef" * 2,
    "WAKEUP_TWILIO__AUTH_TOKEN": ",".join(AUTH_TOKENS),
    "WAKEUP_TWILIO__FROM_NUMBERS": "+6531590000, +14155552671",
    "WAKEUP_CLIENTS__BANK__SECRETS": f"{WHSEC},{OTHER_WHSEC}",
    "WAKEUP_CLIENTS__BANK__BEARER_KEYS": BEARER,
    "WAKEUP_PAYMENT_CORE__URL": "https://core.example.com/decisions",
    "WAKEUP_PAYMENT_CORE__SECRETS": f"whsec_{key(7)}",
    "WAKEUP_BANK__NAME_ZH": "星河银行",
    "WAKEUP_BANK__NAME_EN": "Galaxy Bank",
}
SECRETS = [key(n) for n in range(1, 8)] + [WHSEC, OTHER_WHSEC, *AUTH_TOKENS, BEARER]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Only the shipped defaults: a developer's local.toml is not read in tests."""
    shutil.copy(data_folder("config") / "default.toml", tmp_path)
    return tmp_path


def faults(folder: Path, changes: Mapping[str, str | None]) -> list[str]:
    """The errors reported for valid settings in which some were changed or, with None, left out."""
    environ = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(ConfigError) as refused:
        load_settings(environ, folder)
    assert all("\n" not in line for line in refused.value.faults)
    return refused.value.faults


def test_a_good_environment_gives_every_value(folder: Path) -> None:
    settings = load_settings(GOOD, folder)
    assert settings.public_base_url == "https://wakeup.example.com"
    assert settings.database_url.get_secret_value() == "sqlite:///var/wakeup.db"
    assert (settings.http.host, settings.http.public_port) == ("127.0.0.1", 8080)
    assert (settings.http.api_port, settings.http.inside_port) == (8081, 8082)
    data = settings.keys.data.get_secret_value()
    assert data == (base64.b64decode(key(1)), base64.b64decode(key(2)))
    assert settings.twilio.auth_token.get_secret_value() == AUTH_TOKENS
    assert settings.twilio.from_numbers == ("+6531590000", "+14155552671")
    assert (settings.twilio.calls_per_second, settings.twilio.max_concurrent_calls) == (1.0, 2)
    assert settings.clients["bank"].scopes == set(Scope)
    assert settings.clients["bank"].bearer_keys.get_secret_value() == (hashlib.sha256(BEARER.encode()).hexdigest(),)
    assert settings.log.format is LogFormat.JSON
    assert not settings.clock.simulated
    assert settings.node.name


def test_only_the_public_listener_leaves_loopback_with_http_host(folder: Path) -> None:
    http = load_settings({**GOOD, "WAKEUP_HTTP__HOST": "0.0.0.0"}, folder).http
    assert http.host == "0.0.0.0"
    assert (http.api_host, http.inside_host) == ("127.0.0.1", "127.0.0.1")


def test_the_environment_beats_the_named_file_beats_local_beats_defaults(folder: Path, tmp_path: Path) -> None:
    (folder / "local.toml").write_text("[http]\npublic_port = 1001\napi_port = 1002\ninside_port = 1003\n")
    http = load_settings(GOOD, folder).http
    assert (http.public_port, http.api_port, http.inside_port) == (1001, 1002, 1003)
    named = tmp_path / "mine.toml"
    named.write_text("[http]\npublic_port = 2001\napi_port = 2002\n")
    environ = {**GOOD, "WAKEUP_CONFIG": str(named), "WAKEUP_HTTP__API_PORT": "3002"}
    http = load_settings(environ, folder).http
    assert (http.public_port, http.api_port, http.inside_port) == (2001, 3002, 8082)


def test_the_environment_of_the_process_is_not_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAKEUP_HTTP__PUBLIC_PORT", "999")
    monkeypatch.setenv("HTTP__PUBLIC_PORT", "999")
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://elsewhere.example.com")
    monkeypatch.setenv("POLICY", '{"file": "/tmp/loose.toml"}')
    settings = load_settings(GOOD, folder)
    assert settings.http.public_port == 8080
    assert settings.public_base_url == "https://wakeup.example.com"
    assert settings.policy.file is None


def test_an_empty_variable_counts_as_not_given(folder: Path) -> None:
    assert load_settings({**GOOD, "WAKEUP_HTTP__PUBLIC_PORT": " "}, folder).http.public_port == 8080
    assert faults(folder, {"WAKEUP_KEYS__TAG": ""})[0].startswith("WAKEUP_KEYS__TAG: is missing")


def test_secrets_can_come_from_files(folder: Path, tmp_path: Path) -> None:
    places = {}
    for name in ("KEYS__DATA", "KEYS__INDEX", "KEYS__TAG", "KEYS__AUDIT", "KEYS__SESSION", "CLIENTS__BANK__SECRETS"):
        file = tmp_path / name
        file.write_text(GOOD[f"WAKEUP_{name}"].replace(", ", "\n") + "\n")
        places[f"WAKEUP_{name}_FILE"] = str(file)
    environ = {name: value for name, value in GOOD.items() if f"{name}_FILE" not in places} | places
    settings, plain = load_settings(environ, folder), load_settings(GOOD, folder)
    assert settings.keys == plain.keys
    assert settings.clients == plain.clients
    origins = {name: origin for name, _, origin in effective(settings)}
    assert origins["WAKEUP_KEYS__DATA"] == "file named in environment"


def test_a_secret_file_in_the_environment_beats_a_value_in_a_file(folder: Path, tmp_path: Path) -> None:
    (folder / "local.toml").write_text(f'[keys]\ntag = "{key(7)}"\n')
    (tmp_path / "tag").write_text(key(8))
    environ = {name: value for name, value in GOOD.items() if name != "WAKEUP_KEYS__TAG"}
    settings = load_settings({**environ, "WAKEUP_KEYS__TAG_FILE": str(tmp_path / "tag")}, folder)
    assert settings.keys.tag.get_secret_value() == base64.b64decode(key(8))


def test_a_secret_file_that_is_of_no_use_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large").write_text("x" * 70_000)

    def said(file: str) -> list[str]:
        name = {"WAKEUP_KEYS__TAG": None, "WAKEUP_KEYS__TAG_FILE": str(tmp_path / file)}
        lines = faults(folder, name)
        return [line.removeprefix("WAKEUP_KEYS__TAG_FILE: ") for line in lines if "TAG_FILE" in line]

    assert said("nowhere") == ["the file cannot be read: No such file or directory"]
    assert said("empty") == ["the file is empty"]
    assert said("binary") == ["the file cannot be read: is not UTF-8"]
    assert said("large") == ["the file is too large"]
    both = faults(folder, {"WAKEUP_KEYS__TAG_FILE": str(tmp_path / "empty"), "WAKEUP_KEYS__TAG": key(4)})
    assert len(both) == 1
    (tmp_path / "good").write_text(key(4))
    twice = faults(folder, {"WAKEUP_KEYS__TAG_FILE": str(tmp_path / "good")})
    assert twice == ["WAKEUP_KEYS__TAG_FILE: WAKEUP_KEYS__TAG is given too; give only one of them"]


SINGLE_FAULTS = [
    ("WAKEUP_KEYS__DATA", "abc", "must be base64 of 32 bytes"),
    ("WAKEUP_KEYS__DATA", f"{key(1)},{key(1)[:-8]}", "entry 2 must be base64 of 32 bytes"),
    ("WAKEUP_KEYS__DATA", f"{key(1)},{key(1)}", "contains the same entry twice"),
    ("WAKEUP_KEYS__DATA", ",", "is empty"),
    ("WAKEUP_KEYS__TAG", f"{key(1)},{key(2)}", "must be base64 of 32 bytes"),
    ("WAKEUP_KEYS__AUDIT", key(4), "must not contain a key of WAKEUP_KEYS__TAG"),
    ("WAKEUP_PUBLIC_BASE_URL", "http://wakeup.example.com", "must use https"),
    ("WAKEUP_PUBLIC_BASE_URL", "wakeup.example.com", "must be an absolute http(s) URL"),
    ("WAKEUP_PUBLIC_BASE_URL", "https://my_bank.example.com", None),
    ("WAKEUP_TWILIO__BASE_URL", "http://api.example.com", "must use https"),
    ("WAKEUP_TWILIO__BASE_URL", "https://u:p@api.example.com", "must not contain a user, query or fragment"),
    ("WAKEUP_PAYMENT_CORE__URL", "http://core.example.com", "must be https: plain http is for loopback only"),
    ("WAKEUP_PAYMENT_CORE__URL", "https://u:p@core.example.com", "must not contain a user or a query"),
    ("WAKEUP_PAYMENT_CORE__SECRETS", "whsec_c2hvcnQ=", "must have at least 24 bytes"),
    ("WAKEUP_PAYMENT_CORE__SECRETS", "geheim", "must begin with whsec_"),
    ("WAKEUP_PAYMENT_CORE__SECRETS", ",", "is empty"),
    ("WAKEUP_CLIENTS__BANK__SECRETS", f"{WHSEC},whsec_???", "entry 2 must be base64 after whsec_"),
    ("WAKEUP_CLIENTS__BANK__BEARER_KEYS", "short", None),
    (
        "WAKEUP_CLIENTS__BANK__SCOPES",
        "events,evil",
        "entry 2 must be one of: events, transfers, labels, guardians, decisions:read, callstatus:read",
    ),
    ("WAKEUP_TWILIO__ACCOUNT_SID", "AC123", "must be AC and 32 hex digits"),
    ("WAKEUP_TWILIO__AUTH_TOKEN", "with space", "must be visible ASCII characters"),
    (
        "WAKEUP_TWILIO__FROM_NUMBERS",
        "+6531590000,+6511111111",
        "entry 2 must be a valid phone number in E.164 form: + and digits only",
    ),
    (
        "WAKEUP_TWILIO__FROM_NUMBERS",
        "6531590000",
        "must be a valid phone number in E.164 form: + and digits only",
    ),
    ("WAKEUP_TWILIO__MESSAGING_FROM", "MG12", "must be MG and 32 hex digits"),
    ("WAKEUP_TWILIO__CALLS_PER_SECOND", "0", "must be greater than 0"),
    ("WAKEUP_TWILIO__CALLS_PER_SECOND", "nan", None),
    ("WAKEUP_TWILIO__CALLS_PER_SECOND", "fast", "must be a number"),
    ("WAKEUP_TWILIO__MAX_CONCURRENT_CALLS", "0", "must be greater than or equal to 1"),
    ("WAKEUP_TWILIO__MAX_CONCURRENT_CALLS", "2.5", "must be a whole number"),
    ("WAKEUP_HTTP__PUBLIC_PORT", "http", "must be a whole number"),
    ("WAKEUP_HTTP__PUBLIC_PORT", "65536", "must be less than or equal to 65535"),
    ("WAKEUP_HTTP__API_PORT", "8080", "is the port of another listener"),
    ("WAKEUP_HTTP__HOST", "a b", None),
    ("WAKEUP_HTTP__TRUSTED_PROXIES", "10.0.0.1,proxy", "entry 2 must be an IP address or a network such as 10.0.0.0/8"),
    ("WAKEUP_DATABASE_URL", "mysql://x", "must be sqlite:///file or postgresql+psycopg://user:password@host/database"),
    *(("WAKEUP_DATABASE_URL", f"sqlite:///{file}", None) for file in ("", ":memory:", "file:x?uri=true")),
    ("WAKEUP_LOG__FORMAT", "xml", "must be 'json' or 'console'"),
    ("WAKEUP_LOG__LEVEL", "loud", None),
    ("WAKEUP_CLOCK__SPEED", "60", "a simulated clock is allowed only with a phone company on loopback"),
    ("WAKEUP_CLOCK__SPEED", "0", "must be greater than 0"),
    ("WAKEUP_NODE__NAME", "a b", None),
    ("WAKEUP_BANK__NAME_ZH", "x" * 61, None),
]


@pytest.mark.parametrize(("name", "value", "words"), SINGLE_FAULTS)
def test_one_wrong_value_is_one_line_under_its_name(folder: Path, name: str, value: str, words: str | None) -> None:
    lines = faults(folder, {name: value})
    assert len(lines) == 1
    assert lines[0].startswith(f"{name}: ")
    if words is not None:
        assert lines == [f"{name}: {words}"]
    assert not any(secret in lines[0] for secret in SECRETS)


def test_one_key_must_not_serve_two_purposes(folder: Path) -> None:
    assert faults(folder, {"WAKEUP_KEYS__TAG": key(2)}) == [
        "WAKEUP_KEYS__TAG: must not contain a key of WAKEUP_KEYS__DATA"
    ]


def test_every_missing_setting_has_its_line_and_a_hint(folder: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_settings({}, folder)
    said = dict(line.split(": is missing", 1) for line in refused.value.faults)
    required = {name for name in GOOD if name.startswith("WAKEUP_") and not name.endswith("BEARER_KEYS")}
    assert set(said) == required
    assert "wakeup config keys" in said["WAKEUP_KEYS__DATA"]
    assert "python -c" in said["WAKEUP_CLIENTS__BANK__SECRETS"]


def test_many_faults_are_all_said_at_once(folder: Path) -> None:
    lines = faults(
        folder,
        {
            "WAKEUP_PUBLIC_BASE_URL": None,
            "WAKEUP_KEYS__DATA": "abc",
            "WAKEUP_TWILIO__API_KEY": "SK" + "0" * 32,
            "WAKEUP_CLOCK__EPOCH": "2026-11-22T09:30:00Z",
            "WAKEUP_CLIENTS__SHOP__SCOPES": "events",
            "WAKEUP_HTTP__PUBLIC_PRT": "8080",
            "WAKEUP_LOG__FORMAT": "xml",
        },
    )
    named = sorted(line.partition(": ")[0] for line in lines)
    assert named == [
        "WAKEUP_CLIENTS__SHOP__SECRETS",
        "WAKEUP_CLOCK__EPOCH_REAL",
        "WAKEUP_HTTP__PUBLIC_PRT",
        "WAKEUP_KEYS__DATA",
        "WAKEUP_LOG__FORMAT",
        "WAKEUP_PUBLIC_BASE_URL",
        "WAKEUP_TWILIO__API_SECRET",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("WAKEUP_HTTP_PUBLIC_PORT", "unknown setting; did you mean WAKEUP_HTTP__PUBLIC_PORT?"),
        ("WAKEUP_TWILIO__AUTH_TOKENS", "unknown setting; did you mean WAKEUP_TWILIO__AUTH_TOKEN?"),
        ("WAKEUP_CLIENTS__BANK__SECRET", "unknown setting; did you mean WAKEUP_CLIENTS__BANK__SECRETS?"),
        ("WAKEUP_HTTP", "unknown setting"),
        ("WAKEUP_CLIENTS", "unknown setting"),
        ("WAKEUP_HTTP__HOST_FILE", "unknown setting"),
        ("WAKEUP_", "unknown setting"),
        ("wakeup_http__host", "unknown setting; write it in upper case"),
    ],
)
def test_an_unknown_variable_is_a_fault(folder: Path, name: str, words: str) -> None:
    line = faults(folder, {name: "geheim"})[0]
    assert line.startswith(f"{name}: {words}")
    assert "geheim" not in line


def test_faults_of_a_file_name_file_and_key(folder: Path) -> None:
    (folder / "local.toml").write_text('colour = "red"\n[http]\npublic_port = "x"\npublic_prt = 1\n[log]\nlevel = 3\n')
    assert sorted(faults(folder, {})) == [
        "config/local.toml: colour: unknown setting",
        "config/local.toml: http.public_port: must be a whole number",
        "config/local.toml: http.public_prt: unknown setting; did you mean http.public_port?",
        "config/local.toml: log.level: must be 'debug', 'info', 'warning' or 'error'",
    ]


def test_a_settings_file_that_cannot_be_read_is_refused(folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "mine.toml"
    broken.write_text('[keys]\ntag = "geheim\n')
    line = faults(folder, {"WAKEUP_CONFIG": str(broken)})
    assert line == ["mine.toml: is not TOML: see line 2, column 14"]
    broken.write_bytes(b"\xff")
    assert faults(folder, {"WAKEUP_CONFIG": str(broken)}) == ["mine.toml: is not UTF-8"]
    line = faults(folder, {"WAKEUP_CONFIG": str(tmp_path / "no.toml")})
    assert line == [f"WAKEUP_CONFIG: {tmp_path}/no.toml: cannot be read: No such file or directory"]


def test_other_clients_have_the_scopes_they_are_given(folder: Path) -> None:
    lines = faults(folder, {"WAKEUP_CLIENTS__SHOP__SECRETS": WHSEC})
    assert lines[0].startswith("WAKEUP_CLIENTS__SHOP__SCOPES: is missing; some of: events")
    more = {
        "WAKEUP_CLIENTS__SHOP__BEARER_KEYS": f"sha256:{'ab' * 32}",
        "WAKEUP_CLIENTS__SHOP__SCOPES": "decisions:read",
    }
    shop = load_settings({**GOOD, **more}, folder).clients["shop"]
    assert shop.scopes == {Scope.READ_DECISIONS}
    assert shop.bearer_keys.get_secret_value() == ("ab" * 32,)


def test_loopback_may_go_without_https_and_then_time_may_run_faster(folder: Path) -> None:
    changes = {
        "WAKEUP_PUBLIC_BASE_URL": "http://127.0.0.1:8080",
        "WAKEUP_TWILIO__BASE_URL": "http://localhost:9001",
        "WAKEUP_PAYMENT_CORE__URL": "http://127.0.0.1:9002/decisions",
        "WAKEUP_CLOCK__SPEED": "60",
        "WAKEUP_CLOCK__EPOCH": "2026-11-22T09:30:00+08:00",
        "WAKEUP_CLOCK__EPOCH_REAL": "1763776200.5",
        "WAKEUP_HTTP__TRUSTED_PROXIES": "10.0.0.0/8, ::1",
    }
    settings = load_settings({**GOOD, **changes}, folder)
    assert settings.clock.simulated
    assert settings.clock.epoch == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
    assert settings.http.trusted_proxies == (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("::1"))


def test_postgresql_gets_the_driver_that_is_installed(folder: Path) -> None:
    settings = load_settings({**GOOD, "WAKEUP_DATABASE_URL": "postgresql://w:pw@db/wakeup"}, folder)
    assert settings.database_url.get_secret_value() == "postgresql+psycopg://w:pw@db/wakeup"


def test_no_secret_comes_out_of_the_settings(folder: Path) -> None:
    url = "postgresql+psycopg://wakeup:hunter2@db.example.com:5432/wakeup?password=hunter3"
    settings = load_settings({**GOOD, "WAKEUP_DATABASE_URL": url}, folder)
    shown = effective(settings)
    told = json.dumps(shown) + repr(settings) + str(settings) + repr(settings.given) + settings.model_dump_json()
    for secret in [*SECRETS, "hunter2", "hunter3"]:
        assert secret not in told
    assert base64.b64decode(key(1)).hex() not in told
    rows = {name: (value, origin) for name, value, origin in shown}
    assert rows["WAKEUP_KEYS__DATA"] == ("******** (2)", "environment")
    assert rows["WAKEUP_HTTP__PUBLIC_PORT"] == ("8080", "config/default.toml")
    assert rows["WAKEUP_CLIENTS__BANK__SCOPES"][1] == "default"
    assert rows["WAKEUP_DATABASE_URL"][0] == "postgresql+psycopg://wakeup:********@db.example.com:5432/wakeup?********"


def test_secrets_have_fingerprints_that_only_the_key_explains(folder: Path) -> None:
    settings = load_settings({**GOOD, "WAKEUP_TWILIO__AUTH_TOKEN": f"{'n' * 32},{'o' * 32}"}, folder)
    found = fingerprints(settings, b"k" * 32)
    names = [name for name, _ in found]
    assert names.count("WAKEUP_TWILIO__AUTH_TOKEN") == 2 and "WAKEUP_KEYS__DATA" in names
    assert len({mark for _, mark in found}) == len(found)
    assert not {mark for _, mark in found} & {mark for _, mark in fingerprints(settings, b"j" * 32)}


def test_settings_cannot_be_changed(folder: Path) -> None:
    settings = load_settings(GOOD, folder)
    with pytest.raises(ValueError, match="frozen"):
        settings.twilio.max_concurrent_calls = 99


def test_new_keys_are_good_keys(folder: Path) -> None:
    made = iter(range(100))
    keys = new_keys(lambda size: hashlib.sha256(bytes([next(made)])).digest()[:size])
    assert len(keys) == len(Keys.model_fields)
    assert load_settings({**GOOD, **keys}, folder).keys != load_settings(GOOD, folder).keys


def test_the_document_has_the_table_of_the_code() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert text.partition(BEGIN)[2].partition(END)[0] == table()
    assert all(f"`WAKEUP_{name.upper()}" in text for name in Settings.model_fields)


def test_data_is_beside_a_checkout_or_inside_a_wheel(tmp_path: Path) -> None:
    package = tmp_path / "wakeup"
    (package / "_data" / "config").mkdir(parents=True)
    assert data_folder("config", package) == package / "_data" / "config"
    (tmp_path / "config").mkdir()
    assert data_folder("config", package) == package / "_data" / "config"
    (tmp_path / "pyproject.toml").touch()
    assert data_folder("config", package) == tmp_path / "config"
    assert all(data_folder(name).is_dir() for name in FOLDERS)
    with pytest.raises(ValueError, match="no such data folder"):
        data_folder("secrets")
