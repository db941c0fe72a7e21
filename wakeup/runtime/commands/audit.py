"""`wakeup audit verify`: is the history what was written?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from rich.table import Table

from wakeup.runtime.commands.shared import console, fail, say_json, settings_or_exit
from wakeup.runtime.proof import find_faults


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
