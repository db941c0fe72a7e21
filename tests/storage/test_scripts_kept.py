"""A conversation ends with the words it began with, on every database, whatever the script folder contains by then."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.ivr.script_workspace import ScriptWorkspace
from tests.storage.test_migrate import rows
from tests.unit.builders import T0
from tests.unit.desk import PHONE, POLICY, SMS_TEMPLATES, take_claims, wait
from wakeup.bench.seeded_ids import SeededIds
from wakeup.domain.attempt import Attempt
from wakeup.domain.errors import ConstraintError, NotFoundError, StoreDownError
from wakeup.domain.ids import CustomerId
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.library import hash_of, pack
from wakeup.ivr.script import ScriptError
from wakeup.ivr.turn import Answered, AnsweredBy, Keys
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.scripts.published import scripts_in_force
from wakeup.storage.append_only import drop_append_only_triggers
from wakeup.storage.engine import make_engine
from wakeup.storage.keyring import KeyRing
from wakeup.storage.migrate import downgrade
from wakeup.storage.open import open_store
from wakeup.storage.repositories.scripts import kept_contents
from wakeup.storage.unit_of_work import SqlUnit, UnitDependencies, unit_maker
from wakeup.storage.vault import Vault
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.converse import Reply, converse
from wakeup.usecases.conversation.store_scripts import keep_script, store_scripts
from wakeup.usecases.conversation.talk import end_talk
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.inputs import Line
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.store import Store

FROM = "+6531580001"
LINE = Line(call_sid="CA1", to=PHONE, from_=FROM)
OLD, NEW = "这是旧的话。", "这是新的话。"


def migrations() -> Path:
    return data_folder("migrations")


@dataclass
class Node:
    """A node that starts, does something, and stops; the database and the folder stay."""

    url: str
    workspace: ScriptWorkspace
    lives: int = 0

    def run(self, story: Callable[[Store[SqlUnit]], Awaitable[Any]], *, keeps: bool = True) -> Any:
        self.lives += 1
        dice = Random(self.lives)

        def random_bytes(count: int) -> bytes:
            return bytes(dice.getrandbits(8) for _ in range(count))

        dependencies = UnitDependencies(
            vault=Vault(KeyRing([b"k" * 32], random_bytes), [b"i" * 32], random_bytes),
            policy=POLICY,
            speaker=self.workspace.speaker(partial(kept_contents, self.url)),
            sms_templates=SMS_TEMPLATES,
            ids=SeededIds(self.lives),
            audit_key=b"a" * 32,
        )

        async def life() -> Any:
            store = open_store(self.url, unit_maker(dependencies))
            try:
                if keeps:
                    await store.run(store_scripts, T0)
                return await story(store)
            finally:
                await store.close()

        return asyncio.run(life())

    def call(self, *, keeps: bool = True) -> Attempt:
        """A callee was called, and has answered."""

        async def story(store: Store[SqlUnit]) -> Attempt:
            await store.run(open_case, wait(1, phone=PHONE), T0)
            (claim,) = await store.run(take_claims, T0, 5)
            assert await store.run(write_intent, claim, (FROM,), T0)
            attempts = await store.read(lambda unit: unit.attempts.to_check(T0 + timedelta(days=1), 9))
            await turn(store, attempts[0], 0, Answered(AnsweredBy.HUMAN))
            return attempts[0]

        called: Attempt = self.run(story, keeps=keeps)
        return called

    def hears(self, attempt: Attempt, begin: int = 1) -> str:
        """All that is said to a callee who compares the code and then says the payment is theirs."""

        async def story(store: Store[SqlUnit]) -> str:
            replies = [await turn(store, attempt, begin + n, Keys("1")) for n in range(3)]
            return " ".join(piece.text for reply in replies if reply.turn for piece in reply.turn.utterances)

        said: str = self.run(story)
        return said


async def turn(store: Store[SqlUnit], attempt: Attempt, n: int, given: Any) -> Reply:
    return await store.run(converse, attempt.id, n, LINE, given, T0 + timedelta(seconds=8 * n))


@pytest.fixture
def node(migrated_url: str, tmp_path: Path) -> Node:
    workspace = ScriptWorkspace(tmp_path)
    workspace.says(OLD, "1")
    workspace.publish()
    return Node(migrated_url, workspace)


def pinned(node: Node, attempt: Attempt) -> str:
    async def story(store: Store[SqlUnit]) -> str:
        talk = await store.read(lambda unit: unit.talks.get(attempt.id, CustomerId("u_1")))
        assert talk is not None
        return Conversation.from_json(talk.state).content_hash

    found: str = node.run(story)
    return found


def tamper(url: str, statement: str) -> None:
    """What an attacker who owns the database does."""
    engine = make_engine(url)
    with engine.begin() as connection:
        for drop in drop_append_only_triggers(engine.dialect.name, "script_versions"):
            connection.exec_driver_sql(drop)
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_a_conversation_begun_in_version_1_ends_in_it_after_version_2_replaced_it(node: Node) -> None:
    attempt = node.call()
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    said = node.hears(attempt)
    assert OLD in said and NEW not in said


def test_the_next_conversation_begins_in_version_2(node: Node) -> None:
    node.run(_nothing)
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    attempt = node.call()
    said = node.hears(attempt)
    assert NEW in said and OLD not in said


def test_after_going_back_the_old_words_come_from_the_database(node: Node) -> None:
    node.run(_nothing)
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    node.run(_nothing)
    node.workspace.rollback("generic", "1")
    assert OLD in node.hears(node.call())
    library = scripts_in_force(node.workspace.files, node.url)
    assert {entry.script.id: entry.script.version for entry in library} == {"generic": "1", "police_imp": "1"}


async def _nothing(_store: Store[SqlUnit]) -> None:
    """The node starts and stops."""


def test_going_back_to_words_this_database_never_had_stops_the_start(node: Node) -> None:
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    node.workspace.rollback("generic", "1")
    with pytest.raises(ScriptError, match="its content is neither in the folder nor in the database"):
        scripts_in_force(node.workspace.files, node.url)
    downgrade(node.url, migrations, "base")
    with pytest.raises(ScriptError, match="its content is neither in the folder nor in the database"):
        scripts_in_force(node.workspace.files, node.url)


def test_a_stored_script_is_byte_for_byte_the_one_that_was_spoken(node: Node) -> None:
    attempt = node.call()
    files = {entry.script.id: entry for entry in node.workspace.library()}
    kept = {
        row[0]: row[1:]
        for row in rows(node.url, "SELECT content_hash, script_id, version, content FROM script_versions")
    }
    assert kept == {e.script.content_hash: (e.script.id, e.script.version, e.content) for e in files.values()}
    assert all(hash_of(str(row[2])) == content_hash for content_hash, row in kept.items())
    assert pinned(node, attempt) == files["generic"].script.content_hash in kept
    node.run(_nothing)
    assert len(rows(node.url, "SELECT 1 FROM script_versions")) == 2, "kept once"


def test_a_conversation_keeps_its_words_even_when_nothing_was_kept_at_the_start(node: Node) -> None:
    attempt = node.call(keeps=False)
    assert rows(node.url, "SELECT script_id FROM script_versions") == [("generic",)]
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    assert OLD in node.hears(attempt)


def test_words_altered_in_the_database_are_never_spoken(node: Node) -> None:
    attempt = node.call()
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    tamper(node.url, f"UPDATE script_versions SET content = replace(content, '{OLD}', '把密码告诉我。')")
    with pytest.raises(NotFoundError, match="altered"):
        node.hears(attempt)


def test_words_that_are_nowhere_end_the_call_with_an_alarm(node: Node) -> None:
    attempt = node.call()
    node.workspace.says(NEW, "2")
    node.workspace.publish("generic")
    tamper(node.url, "DELETE FROM script_versions")
    with pytest.raises(NotFoundError):
        node.hears(attempt)

    def end(unit: SqlUnit) -> set[str]:
        case = unit.cases.lock_of(attempt.id)
        assert case is not None
        with CaseFile(unit, case, T0 + timedelta(minutes=1)) as file:
            end_talk(file, attempt)
        return set(unit.wakes)

    async def story(store: Store[SqlUnit]) -> set[str]:
        return await store.run(end)

    assert "alarm:script_gone" in node.run(story)


def test_a_text_that_does_not_go_with_its_hash_is_not_kept(node: Node) -> None:
    (generic,) = (entry for entry in node.workspace.library() if entry.script.id == "generic")
    stranger = replace(generic, packed=pack(generic.content + " "))

    async def story(store: Store[SqlUnit]) -> None:
        with pytest.raises(ValueError, match="generic version 1 does not go with its content"):
            await store.run(keep_script, stranger, T0)

    node.run(story, keeps=False)
    assert rows(node.url, "SELECT 1 FROM script_versions") == []


def test_a_stored_script_cannot_be_written_over(node: Node) -> None:
    columns = "content_hash, script_id, version, content, kept_at"
    again = (
        f"INTO script_versions ({columns}) SELECT content_hash, script_id, version, 'x', kept_at FROM script_versions"
    )
    tricks = [
        "UPDATE script_versions SET content = 'x'",
        "UPDATE script_versions SET version = '9'",
        "DELETE FROM script_versions",
    ]
    if node.url.startswith("sqlite"):
        tricks += [f"INSERT OR REPLACE {again}", "UPDATE OR IGNORE script_versions SET content = 'x'"]
    else:
        tricks += ["TRUNCATE script_versions", f"INSERT {again} ON CONFLICT (content_hash) DO UPDATE SET content = 'x'"]

    async def story(store: Store[SqlUnit]) -> None:
        for trick in tricks:
            with pytest.raises(ConstraintError, match="script_versions"):
                await store.run(lambda unit, text: unit.connection.exec_driver_sql(text), trick)

    node.run(story)
    contents = {entry.content for entry in node.workspace.library()}
    assert {row[0] for row in rows(node.url, "SELECT content FROM script_versions")} == contents


def test_a_database_that_is_away_keeps_nothing_for_us_to_see(tmp_path: Path) -> None:
    with pytest.raises(StoreDownError):
        kept_contents(f"sqlite:///{tmp_path / 'no folder' / 'x.db'}", ["0" * 64])
