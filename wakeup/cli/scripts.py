"""`wakeup scripts …`: tools for people who write scripts. What they do is in `commands`, imported when used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wakeup.cli.options import Json

app = typer.Typer(help="Check, play, draw and publish scripts.", no_args_is_help=True)

Ids = Annotated[list[str] | None, typer.Argument(help="Ids of scripts; by default all scripts.")]
Id = Annotated[str, typer.Argument(help="The script's id.")]
Folder = Annotated[
    Path | None,
    typer.Option("--folder", exists=True, file_okay=False, help="Folder of the scripts, if not scripts_ivr."),
]

By = Annotated[str, typer.Option(help="Who publishes.")]
ApprovedBy = Annotated[str, typer.Option(help="The second person, who approved.")]
Why = Annotated[str, typer.Option(help="The reason, in one sentence.")]


@app.command("lint")
def _lint(ids: Ids = None, *, folder: Folder = None, as_json: Json = False) -> None:
    """List the faults of scripts with file, line, rule, reason and fix."""
    from wakeup.cli.commands import scripts_lint

    scripts_lint.lint(folder, ids or [], as_json=as_json)


@app.command("test")
def _test(
    ids: Ids = None,
    *,
    folder: Folder = None,
    update: Annotated[bool, typer.Option(help="Rewrite the transcripts; review the changes.")] = False,
    as_json: Json = False,
) -> None:
    """Play the stories of scripts, compare them with their transcripts, and list the exits that no story takes."""
    from wakeup.cli.commands import scripts_test

    scripts_test.test(folder, ids or [], update=update, as_json=as_json)


@app.command("try")
def _try(
    script: Id,
    *,
    language: Annotated[str, typer.Option("--lang", help="Locale, such as zh-CN or en.")] = "zh-CN",
    variant: Annotated[str, typer.Option(help="Wording of the questions: a, b or c.")] = "a",
    persona: Annotated[str, typer.Option(help="Persona that speaks, if the script has personas.")] = "",
    unhurried: Annotated[bool, typer.Option(help="Play it at the pace for callees who need more time.")] = False,
    given: Annotated[
        list[str] | None,
        typer.Option(help="A variable of this call: `person_ready`, `room`, `callback_time=at three`. Repeatable."),
    ] = None,
    folder: Folder = None,
) -> None:
    """Play a call as the callee, in the terminal: read the prompts, press keys or type what you say."""
    from wakeup.cli.commands import scripts_try

    scripts_try.play(folder, script, language, variant, persona=persona, unhurried=unhurried, given=given or [])


@app.command("graph")
def _graph(
    script: Id,
    *,
    html: Annotated[Path, typer.Option(dir_okay=False, help="HTML file to write.")],
    language: Annotated[str, typer.Option("--lang", help="Language of the words in the nodes.")] = "zh-CN",
    folder: Folder = None,
) -> None:
    """Draw the paths through a script as a self-contained page."""
    from wakeup.cli.commands import scripts_graph

    scripts_graph.graph(folder, script, html, language)


@app.command("show")
def _show(case: Annotated[str, typer.Argument(help="The case's id.")], *, as_json: Json = False) -> None:
    """Print a case's conversations word for word. The output contains personal data."""
    from wakeup.cli.commands import scripts_show

    scripts_show.show(case, as_json=as_json)


@app.command("publish")
def _publish(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of scripts; or use --all.")] = None,
    *,
    by: By,
    approved_by: ApprovedBy,
    why: Why,
    everything: Annotated[
        bool, typer.Option("--all", help="Every script that is neither published nor a draft.")
    ] = False,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Put scripts into force. Lint and stories must be clean, and two people must agree."""
    from wakeup.cli.commands import scripts_publish

    scripts_publish.publish(
        folder, ids or [], by=by, approved_by=approved_by, why=why, everything=everything, as_json=as_json
    )


@app.command("diff")
def _diff(
    before: Annotated[str, typer.Argument(help="ID, or ID@VERSION.")],
    after: Annotated[
        str | None, typer.Argument(help="ID, or ID@VERSION; by default the content of the folder.")
    ] = None,
    *,
    folder: Folder = None,
) -> None:
    """Show what changed between two versions, or with one ID what changed in the folder since it was published."""
    from wakeup.cli.commands import scripts_publish

    scripts_publish.diff(folder, before, after)


@app.command("rollback")
def _rollback(
    script: Id,
    *,
    to: Annotated[str, typer.Option(help="The version to return to.")],
    by: By,
    approved_by: ApprovedBy,
    why: Why,
    folder: Folder = None,
    as_json: Json = False,
) -> None:
    """Put an earlier version into force again."""
    from wakeup.cli.commands import scripts_publish

    scripts_publish.rollback(folder, script, to=to, by=by, approved_by=approved_by, why=why, as_json=as_json)


@app.command("schema")
def _schema() -> None:
    """Print the JSON Schema of `script.yaml`, for editors."""
    from wakeup.cli.commands import scripts_schema

    scripts_schema.schema()
