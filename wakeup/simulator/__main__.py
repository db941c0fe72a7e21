"""`python -m wakeup.simulator phone|core|traffic`: run the simulators as separate processes.

Command lines are seen by everybody on the machine, so token and secrets can come on standard input instead.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from wakeup.simulator.clock import SimClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.server import PhoneCompany
from wakeup.simulator.traffic import generate

NEW_OBJECTS = 10_000
"""Threshold of the collector's young generation. A few calls make the usual 700 all the time, and looking through them
took the phone company a thirtieth of its time."""


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    match options.command:
        case "phone":
            asyncio.run(_phone(options))
        case "core":
            asyncio.run(_core(options))
        case _:
            _traffic(options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m wakeup.simulator", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    phone = commands.add_parser("phone", help="a phone company speaking Twilio's HTTP")
    _serving(phone)
    phone.add_argument("--account", required=True, help="account SID")
    phone.add_argument(
        "--token",
        help="auth token: Basic password and signing key; else the first word of stdin's first line, whose other words "
        "are API keys as SID:secret",
    )
    phone.add_argument("--cps", type=float, default=1.0, help="calls per (virtual) second leaving the queue")
    phone.add_argument("--max-concurrent", type=int, default=0, help="0 means no limit")
    phone.add_argument("--sms-url", default="", help="where people's texts are posted")
    phone.add_argument("--faults", type=json.loads, default={}, help="JSON as for POST /_sim/faults")
    core = commands.add_parser("core", help="a bank's payment core")
    _serving(core)
    core.add_argument(
        "--secret", action="append", help="whsec_…; may be repeated; else the words of stdin's first line"
    )
    traffic = commands.add_parser("traffic", help="risk events as NDJSON on stdout")
    traffic.add_argument("--cases", type=int, default=100, help="number of customers")
    traffic.add_argument("--seed", type=int, default=0)
    traffic.add_argument("--start", type=_moment, default=None, help="ISO time of the first second (default now)")
    traffic.add_argument("--over", type=float, default=3600.0, help="seconds over which the cases begin")
    traffic.add_argument("--suffixes", default="", help="comma-separated last digits of the customers' numbers")
    traffic.add_argument(
        "--stories",
        action="store_true",
        help="some cases are told on purpose: guardians, agents, an honest customer",
    )
    return parser


def _serving(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--speed", type=float, default=1.0, help="virtual seconds per real second")
    parser.add_argument("--epoch", type=_moment, default=None, help="virtual time at --epoch-real (default: the same)")
    parser.add_argument("--epoch-real", type=float, default=None, help="unix time at which --epoch was (default now)")
    parser.add_argument("--ledger", type=Path, default=None, help="file of facts, appended and reloaded")


async def _phone(options: argparse.Namespace) -> None:
    clock = SimClock(options.epoch, options.speed, options.epoch_real)
    token, *api_keys = [options.token] if options.token else sys.stdin.readline().split() or [""]
    company = PhoneCompany(
        options.account,
        token,
        clock,
        options.seed,
        options.cps,
        max_concurrent=options.max_concurrent,
        ledger_file=options.ledger,
    )
    company.api_keys = dict(key.split(":", 1) for key in api_keys)
    company.inbound_message_url = options.sms_url
    company.faults.configure(options.faults)
    await _serve(company.listen, company.close, options)


async def _core(options: argparse.Namespace) -> None:
    clock = SimClock(options.epoch, options.speed, options.epoch_real)
    core = PaymentCore(
        clock, options.secret or sys.stdin.readline().split(), ledger_file=options.ledger, seed=options.seed
    )
    await _serve(core.listen, core.close, options)


async def _serve(
    listen: Callable[[str, int], Awaitable[str]], close: Callable[[], Awaitable[None]], options: argparse.Namespace
) -> None:
    gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wish in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wish, told.set)
    try:
        base = await listen(options.host, options.port)
        sys.stdout.write(f"listening on {base}\n")
        sys.stdout.flush()
        await told.wait()
    finally:
        await close()


def _traffic(options: argparse.Namespace) -> None:
    start = options.start or SimClock().now()
    suffixes = tuple(filter(None, options.suffixes.split(",")))
    day = generate(
        options.cases, options.seed, start, options.over,
        suffixes=suffixes, stories=options.stories,
    )  # fmt: skip
    for event in day:
        sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
