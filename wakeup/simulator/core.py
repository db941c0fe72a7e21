"""A bank's payment core: it holds every transfer that it was not told to allow, and records every decision it
receives.

It verifies Standard Webhooks with its own code and knows nothing of cases, calls or customers.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from wakeup.simulator.clock import Clock, rest
from wakeup.simulator.ledger import Fact, Ledger
from wakeup.simulator.signing import webhook_fault

DECISIONS = ("allow", "hold", "refuse")
REQUIRED = ("decision_id", "sequence", "transfer_id", "decision")
FAULTS = ("500", "500_after_accept", "stall", "drop", "drop_after_accept", "429")
_ANSWERS = {"conflict": 409, "too_late": 410}
_AFTER_ACCEPT = frozenset({"500_after_accept", "drop_after_accept"})


@dataclass(slots=True)
class Transfer:
    """State of one transfer at the core."""

    decide_by: datetime | None = None
    registered: bool = False
    first_received: datetime | None = None
    sequence: int = -1
    decision: str = ""
    paid_out: bool = False
    decision_ids: set[str] = field(default_factory=set)

    @property
    def late(self) -> bool:
        return self.registered and bool(self.first_received and self.decide_by and self.first_received > self.decide_by)


class PaymentCore:
    """A payment core. `secrets` are Standard Webhooks secrets (`whsec_…`), any of which may have signed."""

    def __init__(self, clock: Clock, secrets: Sequence[str], *, ledger_file: Path | None = None, seed: int = 0) -> None:
        self.clock = clock
        self.secrets = tuple(secrets)
        self.ledger = Ledger(clock.now, ledger_file)
        self.transfers: dict[str, Transfer] = {}
        self.counts: Counter[str] = Counter()
        self._seen: dict[str, str] = {}
        self._faults: deque[str] = deque()
        self.chances: dict[str, float] = {}
        self._dice = random.Random(f"core-{seed}")  # noqa: S311
        for row in self.ledger.facts:
            self._apply(row)
        self._runner: web.AppRunner | None = None
        self.app = web.Application(client_max_size=1 << 20)
        self.app.add_routes(
            [
                web.post("/decisions", self._decisions),
                web.post("/transfers", self._register),
                web.get("/transfers/{id}", self._transfer),
                web.get("/_sim/ledger", self._summary),
                web.get("/_sim/facts", self._facts),
                web.post("/_sim/faults", self._set_faults),
            ]
        )

    # Rules

    def register(self, transfer_id: str, decide_by: datetime, **details: str) -> None:
        """Register a transfer: the bank's own risk engine flags it here before it tells any other system."""
        if not self.transfers.get(transfer_id, Transfer()).registered:
            self._book("registered", transfer=transfer_id, decide_by=decide_by.isoformat(), **details)

    def extend(self, transfer_id: str, decide_by: datetime) -> None:
        """Extend the deadline: the core knows it before any other system is told."""
        self._book("extended", transfer=transfer_id, decide_by=decide_by.isoformat())

    def pay_out(self, transfer_id: str) -> None:
        """Pay out the transfer: a decision that comes later is too late, and the answer says so."""
        self._book("paid_out", transfer=transfer_id)

    def effective(self, transfer_id: str) -> str:
        """Return the decision in force; empty if none was received (the core then holds by itself)."""
        return self.transfers.get(transfer_id, Transfer()).decision

    def next_fault(self, *kinds: str) -> None:
        """Let the next deliveries meet these faults (see FAULTS)."""
        for kind in kinds:
            if kind not in FAULTS:
                message = f"unknown fault {kind!r}; known: {', '.join(FAULTS)}"
                raise ValueError(message)
            self._faults.append(kind)

    def summary(self) -> dict[str, Any]:
        known = [one for one in self.transfers.values() if one.registered]
        decided = Counter(one.decision for one in self.transfers.values() if one.decision)
        return {
            "registered": len(known),
            "delivered_decisions": sum(len(one.decision_ids) for one in self.transfers.values()),
            "doubled_deliveries": self.counts["doubled"],
            "late_decisions": sum(one.late for one in known),
            "undecided": sum(not one.decision for one in known),
            "unregistered": len(self.transfers) - len(known),
            "decisions": {name: decided[name] for name in DECISIONS},
            "out_of_order": self.counts["out_of_order"],
            "bad_signature": self.counts["bad_signature"],
            "malformed": self.counts["malformed"],
            "conflicts": self.counts["conflict"],
        }

    def accept(self, message_id: str, digest: str, body: Mapping[str, Any]) -> str:
        """Record one verified decision. Returns `accepted`, `doubled`, `out_of_order`, `too_late` or `conflict`."""
        seen = self._seen.get(message_id)
        if seen is not None:
            outcome = "doubled" if seen == digest else "conflict"
        else:
            known = self.transfers.get(body["transfer_id"], Transfer())
            if body["decision_id"] in known.decision_ids:
                outcome = "doubled"
            else:
                newer = "too_late" if known.paid_out else "accepted"
                outcome = newer if body["sequence"] > known.sequence else "out_of_order"
        self._book(
            outcome,
            message=message_id,
            digest=digest,
            transfer=body["transfer_id"],
            decision_id=body["decision_id"],
            sequence=body["sequence"],
            decision=body["decision"],
            reason=body.get("reason"),
        )
        return outcome

    def _book(self, fact: str, **details: Any) -> None:
        self._apply(self.ledger.add(fact, **details))

    def _apply(self, row: Fact) -> None:
        """Apply one fact. The state is a fold over the ledger, so a restarted core knows what it knew before."""
        fact = row["fact"]
        self.counts[fact] += 1
        if fact == "registered":
            transfer = self.transfers.setdefault(row["transfer"], Transfer())
            transfer.registered, transfer.decide_by = True, datetime.fromisoformat(row["decide_by"])
        elif fact == "extended":
            self.transfers.setdefault(row["transfer"], Transfer()).decide_by = datetime.fromisoformat(row["decide_by"])
        elif fact == "paid_out":
            self.transfers.setdefault(row["transfer"], Transfer()).paid_out = True
        elif fact in {"accepted", "out_of_order"}:
            transfer = self.transfers.setdefault(row["transfer"], Transfer())
            self._seen[row["message"]] = row["digest"]
            transfer.decision_ids.add(row["decision_id"])
            transfer.first_received = transfer.first_received or datetime.fromisoformat(row["at"])
            if fact == "accepted":
                transfer.sequence, transfer.decision = row["sequence"], row["decision"]

    # HTTP

    async def _decisions(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        fault = self._fault()
        if fault is not None and fault not in _AFTER_ACCEPT:
            return await self._fail(request, fault)
        refused = webhook_fault(self.secrets, request.headers, raw, self.clock.now().timestamp())
        if refused is not None:
            self._book("bad_signature", why=refused)
            return web.json_response({"error": refused}, status=401)
        body = _decision(raw)
        if body is None:
            self._book("malformed")
            return web.json_response({"error": "malformed"}, status=422)
        outcome = self.accept(request.headers["webhook-id"], hashlib.sha256(raw).hexdigest(), body)
        if fault is not None:
            return await self._fail(request, fault)
        return web.json_response({"status": outcome}, status=_ANSWERS.get(outcome, 200))

    async def _register(self, request: web.Request) -> web.StreamResponse:
        given = json.loads(await request.text())
        rows = given if isinstance(given, list) else [given]
        for row in rows:
            moment = _moment(row["decide_by"])
            self.register(
                row["transfer_id"], moment, amount=str(row.get("amount", "")), currency=row.get("currency", "")
            )
        return web.json_response({"registered": len(rows)}, status=201)

    async def _transfer(self, request: web.Request) -> web.StreamResponse:
        transfer = self.transfers.get(request.match_info["id"])
        if transfer is None:
            return web.json_response({"error": "unknown"}, status=404)
        return web.json_response({"decision": transfer.decision, "sequence": transfer.sequence, "late": transfer.late})

    async def _summary(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(self.summary())

    async def _facts(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(self.ledger.facts)

    async def _set_faults(self, request: web.Request) -> web.StreamResponse:
        wishes = json.loads(await request.text())
        try:
            self.next_fault(*wishes.get("next", ()))
            self.chances = {name: float(wishes["probabilities"][name]) for name in wishes.get("probabilities", {})}
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=422)
        return web.Response(status=204)

    def _fault(self) -> str | None:
        if self._faults:
            return self._faults.popleft()
        return next((kind for kind in FAULTS if self._dice_says(kind)), None)

    def _dice_says(self, kind: str) -> bool:
        chance = self.chances.get(kind, 0.0)
        return chance > 0 and self._dice.random() < chance

    async def _fail(self, request: web.Request, fault: str) -> web.StreamResponse:
        self.ledger.add("fault", kind=fault)
        match fault:
            case "429":
                return web.json_response({"error": "slow down"}, status=429, headers={"Retry-After": "2"})
            case "stall":
                await rest(60)
                return web.Response(status=503)
            case "drop" | "drop_after_accept":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
            case _:
                return web.Response(status=500, text="internal error")

    async def listen(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Serve on a socket. Returns the base URL."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        return f"http://{host}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self.ledger.close()


def _decision(raw: bytes) -> dict[str, Any] | None:
    """Return the decision in a body, bare or wrapped as `{"type": …, "data": {…}}`; None if it is not a decision."""
    try:
        body = json.loads(raw)
    except ValueError:
        return None
    if isinstance(body, dict) and isinstance(body.get("data"), dict):
        body = body["data"]
    if not isinstance(body, dict) or any(name not in body for name in REQUIRED):
        return None
    right = isinstance(body["sequence"], int) and body["decision"] in DECISIONS
    return body if right else None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
