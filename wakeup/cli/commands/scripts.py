"""`wakeup scripts …`: tools for people who write scripts."""

from __future__ import annotations

from typing import ClassVar

import typer

from wakeup.cli.late import Late, LateGroup


class Commands(LateGroup):
    late: ClassVar = {
        "lint": Late("scripts_lint:lint", "List the faults of scripts with file, line, rule, reason and fix."),
        "test": Late(
            "scripts_test:check",
            "Play the stories of scripts, compare them with their transcripts, and list the exits that no story takes.",
        ),
        "try": Late(
            "scripts_try:play",
            "Play a call as the callee, in the terminal: read the prompts, press keys or type what you say.",
        ),
        "graph": Late("scripts_graph:graph", "Draw the paths through a script as a self-contained page."),
        "show": Late(
            "scripts_show:show", "Print a case's conversations word for word. The output contains personal data."
        ),
        "publish": Late(
            "scripts_publish:publish",
            "Put scripts into force. Lint and stories must be clean, and two people must agree.",
        ),
        "diff": Late(
            "scripts_publish:diff",
            "Show what changed between two versions, or with one ID what changed in the folder since it was published.",
        ),
        "rollback": Late("scripts_publish:rollback", "Put an earlier version into force again."),
        "schema": Late("scripts_schema:schema", "Print the JSON Schema of `script.yaml`, for editors."),
    }


app = typer.Typer(cls=Commands, no_args_is_help=True)
