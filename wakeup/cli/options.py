"""Options shared by many commands."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on one line.")]

OnlyAnchors = Annotated[
    bool,
    typer.Option(
        "--only-anchors",
        help="Only the anchors file was lost or moved, the database is no older copy: hold nothing.",
    ),
]
