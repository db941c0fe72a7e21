"""Build what the console needs from settings and infrastructure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from wakeup.ivr.library import Published
from wakeup.runtime.clock import pause, wall_seconds
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.runtime.settings.report import effective, fingerprints
from wakeup.runtime.settings.settings import Settings
from wakeup.runtime.verification import Verification, all_of
from wakeup.usecases.console.sign_in import SessionLimits
from wakeup.usecases.conversation.transcripts import PathCounts
from wakeup.web.parts import ConsoleParts, Log, ScriptFacts, SignOn

BREATH_S = 0.05
"""Seconds between two parts of a long counting, each of which takes about twice as long in a large database."""
DRAWING = 1
"""Threads that draw scripts."""
T = TypeVar("T")


def console_parts(
    settings: Settings,
    infra: Infrastructure,
    base_currency: str,
    carried: Iterable[Published],
    recording: Callable[[str], Awaitable[bytes | None]],
    log: Log,
    closers: list[Callable[[], Awaitable[None]]],
) -> ConsoleParts:
    """Return the parts of the console, and add to `closers` what ends its work.

    The limits of its sessions are multiplied by the speed of the clock: the person at the console lives in real time.
    """
    speed = settings.clock.speed
    session_limits = SessionLimits()

    # Of their own: in the loop's pool they would keep batches, metrics and anchors waiting.
    threads = ThreadPoolExecutor(DRAWING, thread_name_prefix="console")
    verification = Verification(partial(all_of, settings), infra.clock.now, log)

    async def leave_undrawn() -> None:
        threads.shutdown(wait=False, cancel_futures=True)

    closers += [verification.close, leave_undrawn]

    async def apart(work: Callable[..., T], *args: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(threads, work, *args)

    async def picture(
        script_id: str, language: str, reader: str, trips: Callable[[str], Awaitable[PathCounts]]
    ) -> str | None:
        # Imported late: a service that is never asked for a picture does not load the tools behind it.
        from wakeup.runtime.scripts.graph_page import picture_of  # noqa: PLC0415

        return await picture_of(apart, script_id, language, reader, trips)

    def difference(before: tuple[str, str], after: tuple[str, str]) -> list[str]:
        from wakeup.runtime.scripts.compare import Version, differences  # noqa: PLC0415

        (old, was), (new, becomes) = before, after
        return list(differences(Version(name=old, content=was), Version(name=new, content=becomes)))

    return ConsoleParts(
        session_key=settings.keys.session.get_secret_value(),
        lasting_key=settings.keys.audit.get_secret_value(),
        random_bytes=infra.random_bytes,
        session_limits=SessionLimits(
            idle=session_limits.idle * speed,
            absolute=session_limits.absolute * speed,
            tries=session_limits.tries * speed,
            half_way=session_limits.half_way * speed,
        ),
        sign_on=_sign_on(settings),
        unix_s=wall_seconds,
        speed=speed,
        credit_bureau={"zh": settings.bank.credit_bureau_zh, "en": settings.bank.credit_bureau_en},
        lines=settings.twilio.max_concurrent_calls,
        calls_per_second=settings.twilio.calls_per_second,
        base_currency=base_currency,
        settings=lambda: effective(settings),
        secrets=lambda: fingerprints(settings, settings.keys.audit.get_secret_value()),
        scripts=lambda: [_facts(one) for one in carried],
        picture=picture,
        difference=difference,
        recording=recording,
        breathe=partial(pause, BREATH_S),
        verification=verification,
    )


def _sign_on(settings: Settings) -> SignOn | None:
    sso = settings.sso
    if sso.issuer is None:
        return None
    return SignOn(
        issuer=sso.issuer,
        client_id=sso.client_id,
        client_secret=None if sso.client_secret is None else sso.client_secret.get_secret_value(),
        back_url=f"{sso.console_url}/console/sso/back",
    )


def _facts(published: Published) -> ScriptFacts:
    script = published.script
    return ScriptFacts(
        id=script.id,
        version=script.version,
        title=script.title,
        languages=tuple(script.languages.supported),
        nodes=len(script.nodes),
        content_hash=script.content_hash,
    )
