"""Start two listening and two dispatching nodes, each a process, between a phone company and a payment core."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import CALLS_PER_SECOND, DemoSetup
from wakeup.demo.simulators import start_strangers
from wakeup.domain.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One Wakeup process. The callbacks of a dispatching node's calls go to the listening node of the same number."""

    name: str
    roles: tuple[str, ...]
    stage: DemoSetup
    environment: Mapping[str, str]

    @property
    def command(self) -> list[str]:
        return ["wakeup", "serve", *(word for role in self.roles for word in ("--role", role))]


def nodes_of(stage: DemoSetup, phone: str, core: str, database: str, extra: Mapping[str, str]) -> list[Node]:
    """Return four nodes. The first listens on the ports of `stage`."""

    def node(name: str, roles: tuple[str, ...], own: DemoSetup, ear: DemoSetup) -> Node:
        environment = {
            **own.settings(phone, core, database),
            "WAKEUP_NODE__NAME": name,
            "WAKEUP_PUBLIC_BASE_URL": ear.address(0),
            "WAKEUP_AUDIT__ANCHORS_FILE": str(own.folder / f"anchors.{name}.jsonl"),
            **extra,
        }
        return Node(name=name, roles=roles, stage=own, environment=environment)

    found = []
    for number, ear in enumerate((stage, replace(stage, ports=_three())), 1):
        found.append(node(f"ears{number}", ("api", "voice"), ear, ear))
        found.append(node(f"hands{number}", ("dispatch",), replace(stage, ports=_three()), ear))
    return found


def _three() -> tuple[int, int, int]:
    public, api, inside = free_ports(3)
    return public, api, inside


async def start_nodes(processes: Processes, stage: DemoSetup, database: str | None) -> tuple[str, str]:
    """Start the set-up of the demo as a cluster: simulators, schema, four nodes. Return the URLs of phone company
    and core."""
    if database is None:
        raise ConfigError(["several nodes need a PostgreSQL database"])
    phone, core = await start_strangers(processes, stage, CALLS_PER_SECOND)
    nodes = nodes_of(stage, phone, core, database, {})
    await processes.run("migrate", ["wakeup", "migrate"], nodes[0].environment)
    for node in nodes:
        await processes.start(node.name, node.command, node.environment)
    return phone, core
