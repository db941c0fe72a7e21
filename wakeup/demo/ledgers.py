"""Read the simulators' ledgers, and build the one JSON object a demo ends with. Our own tables are not queried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, ClientTimeout
from prometheus_client.parser import text_string_to_metric_families

from wakeup.demo.guardian_summary import Families, families
from wakeup.demo.hand_over_summary import HandedOver, handed_over
from wakeup.demo.setup import DemoSetup

TIMEOUT = ClientTimeout(total=20)
PAGE = 200
TOLD = "message_created,message_inbound,created,pressed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of all ledgers at one moment."""

    phone: dict[str, Any] = field(default_factory=dict)
    core: dict[str, Any] = field(default_factory=dict)
    calls: Sequence[dict[str, Any]] = ()
    transfers: Sequence[dict[str, Any]] = ()
    """Decisions accepted by the core, oldest first."""

    @property
    def held_for_guardians(self) -> int:
        """Number of transfers on hold because a guardian is worried, by the last decision the core received."""
        return len(families({}, (), (), self.transfers).held)


class Ledgers:
    """Queries the phone company and the payment core, and the service for its public feed and metrics."""

    def __init__(self, session: ClientSession, stage: DemoSetup, phone: str, core: str) -> None:
        self._session, self._stage, self._phone, self._core = session, stage, phone, core

    async def register(self, event: dict[str, Any]) -> None:
        """Register a transfer at the payment core, as the bank's risk engine does before it posts the event."""
        transfer = event["transfer"]
        known = {name: transfer[name] for name in ("amount", "currency", "decide_by")}
        body = {"transfer_id": transfer["id"], **known}
        async with self._session.post(f"{self._core}/transfers", json=body, timeout=TIMEOUT) as response:
            response.raise_for_status()

    async def undecided(self) -> int:
        """Return how many transfers the core knows no decision of. For a poll: the phone company would count all its
        facts each time, which costs it more than its calls."""
        core = await self._json(f"{self._core}/_sim/ledger")
        return int(core["undecided"])

    async def snapshot(self, *, details: bool) -> Snapshot:
        """Return the totals; with `details` also every call and transfer."""
        phone, core = await self._json(f"{self._phone}/_sim/ledger"), await self._json(f"{self._core}/_sim/ledger")
        if not details:
            return Snapshot(phone=phone, core=core)
        calls = await self._json(f"{self._phone}/_sim/calls")
        return Snapshot(phone=phone, core=core, calls=calls, transfers=await self._accepted())

    async def families(self, customers: Mapping[str, str], guardians: Iterable[str]) -> Families:
        """Return what came of asking these guardians about these customers' transfers."""
        facts = await self._json(f"{self._phone}/_sim/facts?fact={TOLD}")
        return families(customers, guardians, facts, await self._accepted())

    async def people(self) -> HandedOver:
        """Return the sum of all hand-overs."""
        return handed_over(await self._json(f"{self._phone}/_sim/facts?fact=created,room_entered"))

    async def _accepted(self) -> list[dict[str, Any]]:
        facts = await self._json(f"{self._core}/_sim/facts")
        return [fact for fact in facts if fact["fact"] == "accepted"]

    async def cases(self) -> int:
        """Return the number of cases in the service's public decision feed."""
        seen: set[str] = set()
        cursor = ""
        while True:
            page = await self._json(
                f"{self._stage.address(1)}/v1/decisions?limit={PAGE}" + (f"&after={cursor}" if cursor else ""),
                headers={"Authorization": f"Bearer {self._stage.bearer}"},
            )
            seen.update(item["case_id"] for item in page["items"])
            if not page["items"]:
                return len(seen)
            cursor = page["next"]

    async def metric(self, name: str) -> int:
        """Return one of the service's counters, summed over its labels."""
        async with self._session.get(f"{self._stage.address(2)}/metrics", timeout=TIMEOUT) as response:
            text = await response.text()
        families = text_string_to_metric_families(text)
        return int(sum(s.value for family in families for s in family.samples if s.name == name))

    async def _json(self, url: str, headers: dict[str, str] | None = None) -> Any:
        async with self._session.get(url, headers=headers, timeout=TIMEOUT) as response:
            response.raise_for_status()
            return await response.json()


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The figures by which a demo run is judged."""

    risk_events: int
    cases: int
    calls_placed: int
    answered: int
    conversations: int
    decisions: dict[str, int]
    undecided: int
    late_decisions: int
    duplicate_rings: int
    ghost_rings: int
    delivered_decisions: int
    wall_seconds: float

    @property
    def promises_held(self) -> bool:
        """True if every transfer was decided in time and no number was called twice at once."""
        return self.risk_events > 0 and not (self.undecided or self.late_decisions or self.duplicate_rings)


async def result_of(ledgers: Ledgers, risk_events: int, wall_seconds: float) -> Result:
    """Return the final figures."""
    last = await ledgers.snapshot(details=False)
    decisions = last.core["decisions"]
    return Result(
        risk_events=risk_events,
        cases=await ledgers.cases(),
        calls_placed=last.phone["calls_placed"],
        answered=last.phone["answered"],
        conversations=last.phone["conversations"],
        decisions={ruling: decisions.get(ruling, 0) for ruling in ("allow", "hold")},
        undecided=last.core["undecided"],
        late_decisions=last.core["late_decisions"],
        duplicate_rings=last.phone["duplicate_rings"],
        ghost_rings=await ledgers.metric("wakeup_ghost_rings_total"),
        delivered_decisions=last.core["delivered_decisions"],
        wall_seconds=round(wall_seconds, 1),
    )
