"""`wakeup feed`: send a file of flagged transfers through the service's own API."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from wakeup.cli.commands.shared import console, fail, note, say_json, settings_or_exit
from wakeup.cli.options import Json, Mapping
from wakeup.feed.errors import FeedError
from wakeup.runtime.clock import SystemClock

if TYPE_CHECKING:
    from wakeup.feed.feeding import FeedPlan, FeedReport
    from wakeup.runtime.settings.settings import Settings

CHECKPOINTS = Path("var/feeds")


def feed(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or NDJSON.")],
    *,
    mapping: Mapping = None,
    url: Annotated[str, typer.Option(help="The service's risk API.")] = "http://127.0.0.1:8081",
    client: Annotated[str, typer.Option(help="Name of the configured client that signs.")] = "bank",
    pace: Annotated[bool, typer.Option(help="Send each row at its own time, not all at once.")] = False,
    report: Annotated[Path | None, typer.Option(help="File to write rejected rows to, as CSV.")] = None,
    as_json: Json = False,
) -> None:
    """Send the rows of a file as risk events to the risk API. Running it twice adds nothing twice."""
    from wakeup.feed.checkpoint import checkpoint_path, target_of
    from wakeup.feed.feeding import FeedPlan
    from wakeup.feed.mapping import load_mapping
    from wakeup.feed.show import shown

    settings = settings_or_exit()
    secret = _secret(settings, client)
    try:
        columns = load_mapping(mapping) if mapping else None
        if columns is not None and columns.invents_numbers and not _on_loopback(settings.twilio.base_url):
            fail("this mapping invents phone numbers, which may be real: use it with a simulated provider only")
        target = target_of(url, client)
        plan = FeedPlan(
            file=file,
            mapping=columns,
            checkpoint=checkpoint_path(CHECKPOINTS, file, target),
            target=target,
            pace=pace,
            report=report,
        )
        CHECKPOINTS.mkdir(parents=True, exist_ok=True)
        told = asyncio.run(_feed(plan, url, secret, _clock(settings), quiet=as_json))
    except FeedError as wrong:
        fail(*str(wrong).splitlines())
    if as_json:
        say_json(told.as_json())
    else:
        console.print(shown(told))
    raise SystemExit(1 if told.stopped or told.rejected or told.earlier_rejected else 0)


async def _feed(plan: FeedPlan, url: str, secret: str, clock: SystemClock, *, quiet: bool) -> FeedReport:
    from aiohttp import ClientSession

    from wakeup.feed.feeding import feed_file
    from wakeup.feed.sending import SignedSender
    from wakeup.feed.show import FeedProgress

    bar = nullcontext() if quiet else FeedProgress(console, plan.file.name)
    async with ClientSession() as session:
        with bar as progress:
            sender = SignedSender(session, url, secret, clock, say=note)
            return await feed_file(plan, sender, clock, progress=progress)


def _on_loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "::1", "localhost"}


def _clock(settings: Settings) -> SystemClock:
    return SystemClock(settings.clock.speed, settings.clock.epoch, settings.clock.epoch_real)


def _secret(settings: Settings, client: str) -> str:
    known = settings.clients.get(client.lower())
    secrets = () if known is None else known.secrets.get_secret_value()
    if not secrets:
        fail(f"client {client!r} has no configured secret; set WAKEUP_CLIENTS__{client.upper()}__SECRETS")
    return secrets[0]
