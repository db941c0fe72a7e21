"""Sealed data can be opened only in its own place and under its own key."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from wakeup.domain.errors import ConfigError, NotFoundError
from wakeup.storage.keyring import KeyRing, SealError
from wakeup.storage.vault import Vault

SPEECH = "他们让我不要告诉银行 / they told me not to tell the bank"
OLD, NEW, INDEX_OLD, INDEX_NEW = (bytes([n]) * 32 for n in range(4))
PLACE = ("turns", "sealed", "a_1/2")


def seeded() -> Callable[[int], bytes]:
    return random.Random(7).randbytes


def a_vault(*masters: bytes, index_keys: tuple[bytes, ...] = (INDEX_NEW,)) -> Vault:
    random_bytes = seeded()
    return Vault(KeyRing(masters or (NEW,), random_bytes), index_keys, random_bytes)


def test_a_sealed_text_opens_again_and_does_not_show() -> None:
    vault = a_vault()
    key, wrapped = vault.new_customer_key("u_1")
    sealed = vault.seal(key, *PLACE, SPEECH)
    assert SPEECH.encode() not in sealed
    again = vault.customer_key("u_1", wrapped)
    assert vault.open(again, *PLACE, sealed).decode() == SPEECH
    assert vault.open(key, *PLACE, vault.seal(key, *PLACE, b"\x00\xff")) == b"\x00\xff"
    assert vault.seal(key, *PLACE, SPEECH) != sealed


@pytest.mark.parametrize(
    "place",
    [
        ("notes", "sealed", "a_1/2"),
        ("turns", "other", "a_1/2"),
        ("turns", "sealed", "a_1/3"),
        ("turnss", "ealed", "a_1/2"),
        ("turns", "sealed6", ":a_1/2"),
    ],
)
def test_moved_to_another_place_it_does_not_open(place: tuple[str, str, str]) -> None:
    vault = a_vault()
    key, _ = vault.new_customer_key("u_1")
    sealed = vault.seal(key, *PLACE, SPEECH)
    with pytest.raises(SealError):
        vault.open(key, *place, sealed)


def test_every_changed_byte_and_every_cut_is_noticed() -> None:
    vault = a_vault()
    key, wrapped = vault.new_customer_key("u_1")
    sealed = vault.seal(key, *PLACE, SPEECH)
    for n in range(len(sealed)):
        with pytest.raises(SealError) as refusal:
            vault.open(key, *PLACE, sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :])
        assert "bank" not in repr(refusal.value)
        with pytest.raises(SealError):
            vault.open(key, *PLACE, sealed[:n])
    for n in range(len(wrapped)):
        with pytest.raises(SealError):
            vault.customer_key("u_1", wrapped[:n] + bytes([wrapped[n] ^ 1]) + wrapped[n + 1 :])


def test_one_customer_cannot_be_read_with_anothers_key() -> None:
    vault = a_vault()
    mine, wrapped = vault.new_customer_key("u_1")
    theirs, _ = vault.new_customer_key("u_2")
    sealed = vault.seal(mine, *PLACE, SPEECH)
    with pytest.raises(SealError):
        vault.open(theirs, *PLACE, sealed)
    with pytest.raises(SealError):
        vault.customer_key("u_2", wrapped)


def test_a_destroyed_key_takes_everything_with_it_even_from_memory() -> None:
    vault = a_vault()
    _, wrapped = vault.new_customer_key("u_1")
    assert vault.customer_key("u_1", wrapped) is vault.customer_key("u_1", wrapped)
    before = vault.customer_key("u_1", wrapped)
    with pytest.raises(NotFoundError):
        vault.customer_key("u_1", b"")
    vault.forget("u_1")
    assert vault.customer_key("u_1", wrapped) is not before


def test_the_memory_of_keys_is_bounded_and_drops_the_longest_unused() -> None:
    vault = Vault(KeyRing([NEW], seeded()), [INDEX_NEW], seeded(), cached_keys=2)
    wrapped = {name: vault.new_customer_key(name)[1] for name in "abc"}
    first = {name: vault.customer_key(name, wrapped[name]) for name in "ab"}
    assert vault.customer_key("a", wrapped["a"]) is first["a"]
    vault.customer_key("c", wrapped["c"])
    assert vault.customer_key("a", wrapped["a"]) is first["a"]
    assert vault.customer_key("b", wrapped["b"]) is not first["b"]


def test_a_new_master_key_wraps_while_the_old_one_still_opens() -> None:
    old = a_vault(OLD)
    key, wrapped = old.new_customer_key("u_1")
    sealed = old.seal(key, *PLACE, SPEECH)
    ring = KeyRing([NEW, OLD], seeded())
    both = Vault(ring, [INDEX_NEW], seeded())
    assert both.open(both.customer_key("u_1", wrapped), *PLACE, sealed).decode() == SPEECH
    _, newer = both.new_customer_key("u_2")
    only_new = a_vault(NEW)
    only_new.customer_key("u_2", newer)
    with pytest.raises(SealError):
        only_new.customer_key("u_1", wrapped)


def test_a_number_is_found_again_and_cannot_be_read_from_its_index() -> None:
    vault = a_vault()
    index = vault.index("number", "+6591234567")
    assert index == a_vault(OLD).index("number", "+6591234567")
    assert "9123" not in index
    assert index != vault.index("number", "+6591234568")
    assert index != vault.index("payee", "+6591234567")
    assert vault.index("a", "b:c") != vault.index("a:b", "c")


def test_under_another_first_index_key_numbers_are_not_found_again() -> None:
    before = a_vault(index_keys=(INDEX_OLD,)).index("number", "+6591234567")
    assert a_vault(index_keys=(INDEX_NEW, INDEX_OLD)).index("number", "+6591234567") != before


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, NEW]])
def test_keys_that_are_none_short_or_doubled_stop_the_start(keys: list[bytes]) -> None:
    with pytest.raises(ConfigError) as fault:
        KeyRing(keys, seeded())
    assert "short" not in repr(fault.value)
    with pytest.raises(ConfigError):
        Vault(KeyRing([NEW], seeded()), keys, seeded())


def test_keys_do_not_show() -> None:
    vault = a_vault()
    key, _ = vault.new_customer_key("u_1")
    assert repr(key) == "CustomerKey()"
    assert "object at" in repr(vault)
