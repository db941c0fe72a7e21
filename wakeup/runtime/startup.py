"""Work that a process does once before its loops start: resume calls under way, and record its scripts and secrets.

If the database is away, none of it stops the start: events are answered 503 until it is back, and the loops catch up.
"""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import StoreDownError
from wakeup.runtime.settings.report import fingerprints
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.console.secret_ages import note_secrets
from wakeup.usecases.conversation.store_scripts import store_scripts
from wakeup.usecases.dispatch.reconcile import resume
from wakeup.usecases.store import Store
from wakeup.web.parts import Log


async def resume_work(store: Store[SqlUnit], node: str, now: datetime, log: Log) -> None:
    """Mark the attempts that this node had under way before its restart to be looked up at Twilio."""
    try:
        attempts = await store.run(resume, node, now)
    except StoreDownError as down:
        # They are then found later, when their own timeout ends.
        log.warning("not_resumed", node=node, reason=str(down))
    else:
        log.info("resumed", node=node, attempts=attempts)


async def keep_words(store: Store[SqlUnit], now: datetime, log: Log) -> None:
    """Store every script that a conversation may begin in."""
    try:
        new = await store.run(store_scripts, now)
    except StoreDownError as down:
        # Then each script is stored with the first conversation that begins in it.
        log.warning("scripts_not_kept", reason=str(down))
    else:
        log.info("scripts_kept", new=new)


async def note_keys(store: Store[SqlUnit], settings: Settings, now: datetime, log: Log) -> None:
    """Record since when each secret has been in use, so that the console shows which is due to be changed."""
    try:
        await store.run(note_secrets, fingerprints(settings, settings.keys.audit.get_secret_value()), now)
    except StoreDownError as down:
        log.warning("secrets_not_noted", reason=str(down))
