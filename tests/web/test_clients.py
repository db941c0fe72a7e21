"""API clients: several secrets and keys at once, and no way to tell unknown clients from known ones from outside."""

from __future__ import annotations

import pytest
from multidict import CIMultiDict

from tests.web.world import BANK_KEY, BANK_SECRET, LABEL_SECRET, OLD_SECRET, START, clients
from wakeup.bank.signing import BadSignature, Flaw, signed_headers
from wakeup.web.clients import Client, Clients


@pytest.mark.parametrize(("secret", "name"), [(BANK_SECRET, "bank"), (OLD_SECRET, "bank"), (LABEL_SECRET, "labeller")])
def test_the_secret_names_its_client(secret: str, name: str) -> None:
    headers = signed_headers([secret], "msg_1", START, b"{}")
    client, webhook_id = clients().signed_by(headers, b"{}", START)
    assert (client.name, webhook_id) == (name, "msg_1")
    for written in (name, name.upper()):
        assert clients().signed_by(headers, b"{}", START, written)[0].name == name, "as the settings write it, too"


def test_a_claimed_name_is_proved_by_its_own_secret() -> None:
    headers = signed_headers([LABEL_SECRET], "msg_1", START, b"{}")
    for name in ("bank", "nobody", ""):
        with pytest.raises(BadSignature) as refused:
            clients().signed_by(headers, b"{}", START, name)
        assert refused.value.flaw is Flaw.NO_MATCH


def test_a_repeated_header_is_no_proof() -> None:
    headers = CIMultiDict(signed_headers([BANK_SECRET], "msg_1", START, b"{}"))
    headers.add("webhook-id", "msg_2")
    with pytest.raises(BadSignature) as refused:
        clients().signed_by(headers, b"{}", START)
    assert refused.value.flaw is Flaw.MALFORMED


def test_without_clients_no_request_is_let_in() -> None:
    headers = signed_headers([BANK_SECRET], "msg_1", START, b"{}")
    with pytest.raises(BadSignature):
        Clients([]).signed_by(headers, b"{}", START)
    with pytest.raises(BadSignature):
        Clients([Client(name="reader")]).signed_by(headers, b"{}", START)
    assert Clients([Client(name="reader")]).bearing("Bearer ") is None


@pytest.mark.parametrize("header", [f"Bearer {BANK_KEY}", f"bearer {BANK_KEY}", f"Bearer  {BANK_KEY} "])
def test_a_bearer_key_names_its_client(header: str) -> None:
    found = clients().bearing(header)
    assert found is not None
    assert found.name == "bank"


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", BANK_KEY, f"Basic {BANK_KEY}", f"Bearer {BANK_KEY}x"]
)
def test_any_other_header_names_no_client(header: str | None) -> None:
    assert clients().bearing(header) is None


def test_no_secret_is_shown() -> None:
    assert BANK_SECRET not in repr(Client(name="bank", secrets=(BANK_SECRET,), bearer_hashes=("abc123",)))
    assert "abc123" not in repr(Client(name="bank", bearer_hashes=("abc123",)))
