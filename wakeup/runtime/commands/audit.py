"""`wakeup audit verify`: is the history what was written?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from wakeup.runtime.commands.shared import console, fail, say_json, settings_or_exit
from wakeup.storage import audit
from wakeup.storage.anchors import verify_anchors
from wakeup.storage.chain import Fault, verify_chain
from wakeup.storage.engine import make_engine


def verify(anchors: Path | None, *, as_json: bool) -> None:
    """Exit 0 only if nothing is wrong."""
    settings = settings_or_exit()
    path = anchors or Path(settings.audit.anchors_file)
    if anchors is not None and not anchors.exists():
        fail(f"{anchors}: no such file")
    faults = find_faults(settings.database_url.get_secret_value(), settings.keys.audit.get_secret_value(), path)
    if as_json:
        say_json({"faults": [asdict(fault) for fault in faults], "anchors": path.exists()})
    elif faults:
        table = Table("fault", "case", "row or line")
        for fault in faults:
            table.add_row(fault.kind, fault.case_id or "", str(fault.n or ""))
        console.print(table)
    else:
        console.print("every row is what was written" + ("" if path.exists() else "; no anchors to compare with"))
    raise SystemExit(1 if faults else 0)


def find_faults(database_url: str, key: bytes, anchors: Path) -> list[Fault]:
    """Chains first, then where they end, then the anchors outside the database."""
    engine = make_engine(database_url, read_only=True)
    try:
        with engine.connect() as connection, connection.begin():
            if connection.dialect.name == "sqlite":
                # One snapshot: a service may be writing meanwhile.
                connection.exec_driver_sql("BEGIN")
            faults = verify_chain(audit.chain_rows(connection), key, audit.case_heads(connection))
            faults += verify_chain(audit.admin_rows(connection), key, audit.admin_heads(connection))
            if anchors.exists():
                faults += verify_anchors(anchors, key, lambda case, n: audit.mac_at(connection, case, n))
    finally:
        engine.dispose()
    return faults
