"""The figures as a page with charts made here, and as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

from aiohttp import web

from wakeup.usecases.figures.case_figures import Figure, Numbers, Tally, read_slice, slices
from wakeup.usecases.figures.guardian_figures import read_guardian_numbers
from wakeup.web.console.context import CONTEXT, VISITOR, SpanFigures, page
from wakeup.web.console.i18n import Look
from wakeup.web.parts import ConsoleParts, Parts

SPANS = (1, 7, 30, 90)
USUAL = 7
BAR_WIDTH = 360
DRAWN = (Figure.CONTACT, Figure.ANSWER, Figure.WINDOW_HIT, Figure.DISSUADED_RAW, Figure.FRICTION)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""First characters with which a spreadsheet takes a cell for a formula."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: its name, its length in pixels, and the figures next to it."""

    name: str
    width: int
    value: float | None
    whole: int


def span_of(request: web.Request) -> int:
    text = request.query.get("days", "")
    return next((days for days in SPANS if text == str(days)), USUAL)


async def count(parts: Parts, console: ConsoleParts, days: int) -> SpanFigures:
    """Count a span day by day. Between two days events and callers have the interpreter for themselves."""
    now, tally = parts.now(), Tally()
    for since, until in slices(days, now):
        if not tally.full:
            tally.add(await parts.store.read(read_slice, since, until, tally.cases))
            await console.breathe()
    span = timedelta(days=days)
    return SpanFigures(tally.figures(now - span), await parts.store.read(read_guardian_numbers, span, now))


async def show(request: web.Request) -> web.Response:
    found, look = await request.app[CONTEXT].spans.read(span_of(request)), request[VISITOR].look
    figures = found.cases
    return page(
        request, "numbers.html", figures=figures, days=span_of(request), spans=SPANS, every=list(Figure),
        contact_by_day=bars(figures.by_day, Figure.CONTACT),
        dissuaded_by_typology=bars(figures.by_typology, Figure.DISSUADED_RAW),
        by_day=chart(figures.by_day, look, look.say("By day"), None),
        by_kind=chart(figures.by_typology, look, look.say("By kind of scam"), "typology"), guardians=found.guardians,
        base_currency=request.app[CONTEXT].console.base_currency,
    )  # fmt: skip


def chart(groups: Iterable[Numbers], look: Look, title: str, kind: str | None) -> str:
    """Return all shares of all groups as JSON for the page's script. Names are words; there is no personal data in
    it."""
    shown = list(groups)
    return json.dumps(
        {
            "title": title,
            "bars": kind is not None,
            "words": {"all": look.say("Show all")},
            "names": [look.word(kind, group.name) if kind else group.name for group in shown],
            "series": [
                {
                    "name": look.word("figure", figure),
                    "values": [(group.share(figure).part, group.share(figure).whole) for group in shown],
                }
                for figure in DRAWN
            ],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def bars(groups: Iterable[Numbers], figure: Figure) -> list[Bar]:
    """Return one bar per group, as long as its share; without cases its length is zero."""
    shares = [(group.name, group.share(figure)) for group in groups]
    return [Bar(name, round((s.value or 0) * BAR_WIDTH), s.value, s.whole) for name, s in shares]


async def as_csv(request: web.Request) -> web.Response:
    """Every figure with its numerator and denominator: all, by day, by kind of scam."""
    figures = (await request.app[CONTEXT].spans.read(span_of(request))).cases
    text = StringIO()
    rows = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(["group", "name", "figure", "part", "whole"])
    for group, every in (("all", (figures.whole,)), ("day", figures.by_day), ("typology", figures.by_typology)):
        for one in every:
            rows.writerow([group, safe(one.name), "cases", one.cases, ""])
            rows.writerow([group, safe(one.name), "stopped", f"{one.stopped:.2f}", ""])
            rows.writerow([group, safe(one.name), "protected", f"{one.protected:.2f}", ""])
            rows.writerows([group, safe(one.name), s.figure.value, s.part, s.whole] for s in one.shares)
    for channel in figures.channels:
        for name in ("stopped_last", "stopped_touched", "protected_last", "protected_touched"):
            rows.writerow(["channel", channel.touch.value, name, f"{getattr(channel, name):.2f}", ""])
    rows.writerow(["guardians", "worried", "scams_stopped", *figures.lift.worried])
    rows.writerow(["guardians", "unworried", "scams_stopped", *figures.lift.unworried])
    response = web.Response(text=text.getvalue(), content_type="text/csv", charset="utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="wakeup-{span_of(request)}-days.csv"'
    return response


def safe(cell: str) -> str:
    """Quote text written by others, so that no spreadsheet runs it as a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
