"""What the console's handlers share: the context of the process, the visitor, and the rendering of pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import aiohttp_jinja2
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2.ext import Extension

from wakeup.domain.staff import PersonId, Right, Staff, may, same_person
from wakeup.usecases.console.board import Board
from wakeup.usecases.console.sign_in import SignedIn
from wakeup.usecases.conversation.transcripts import PathCounts
from wakeup.usecases.figures.case_figures import Figures
from wakeup.usecases.figures.script_figures import Shares
from wakeup.usecases.repositories.views import GuardianNumbers, Wanted
from wakeup.usecases.review.queue import Queue
from wakeup.web.console.forms import Form
from wakeup.web.console.i18n import LANGUAGES, Look, catalogue, iso
from wakeup.web.console.shared_reads import SharedReads
from wakeup.web.console.static_files import STATIC
from wakeup.web.console.tokens import Tokens
from wakeup.web.parts import ConsoleParts, Parts

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    # Without any referrer a browser sends "Origin: null" with a form, and the access check needs to see our
    # origin.
    "Referrer-Policy": "same-origin",
}
STREAM = "text/event-stream"
SIGNED_OUT = "event: signed-out\ndata: {}\n\n"
"""The last event that a stream sends when the session is over."""
_INDENTATION = re.compile(r"(?<=[%#]\}\n ) +|(?<![%#]\}\n)^ +", re.MULTILINE)
"""Of the lines of a template. Jinja drops the end of a line after a tag, so a line after one keeps one space."""
_ENVIRONMENTS = {language: web.AppKey(f"pages_{language}", Environment) for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """The figures of a span of days."""

    cases: Figures
    guardians: GuardianNumbers


@dataclass(slots=True, kw_only=True)
class ConsoleContext:
    """The console of one process."""

    parts: Parts
    console: ConsoleParts
    tokens: Tokens
    boards: SharedReads[Wanted, Board]
    queues: SharedReads[None, Queue]
    spans: SharedReads[int, SpanFigures]
    """By the number of days."""
    shares: SharedReads[int, Shares]
    """By the number of days."""
    trips: SharedReads[tuple[str, str], PathCounts]
    """By script and content hash."""
    pictures: SharedReads[tuple[str, str, str], str | None]
    """By script, language of its words and language of the reader. Their counts were up to a minute old when they were
    drawn."""
    choices: dict[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    """What keys mean in a script version, by its content hash, node and key."""
    pages: frozenset[str]
    """Existing paths, for the navigation."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the listener stops; streams then end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """The user who made the request, and how pages are written for them."""

    token: str = field(repr=False)
    look: Look
    who: SignedIn | None = None
    owner: str = ""
    """The mark of the account in the forms of its pages."""
    form: Form = field(default_factory=Form)

    @property
    def staff(self) -> Staff:
        """The account. Raises 401 for a page that forgot to require a sign-in."""
        if self.who is None:
            raise web.HTTPUnauthorized
        return self.who.staff

    def may(self, right: str) -> bool:
        return self.who is not None and may(self.who.staff.role, Right(right))

    def is_person(self, person: PersonId) -> bool:
        """Whether it is the visitor's own act, under whatever account and however the id was spelled then."""
        return same_person(self.staff.person, person)


CONTEXT = web.AppKey("context", ConsoleContext)
VISITOR = web.RequestKey("visitor", Visitor)


def setup_templates(app: web.Application) -> None:
    """Create one environment per language, because the sentences are bound when a template is compiled."""
    for language, key in _ENVIRONMENTS.items():
        app[key] = environment_of(language)


class Unindented(Extension):
    """Takes the indentation out of the templates, which is a third of a long page. What is filled in keeps its own."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        return _INDENTATION.sub("", source)


@cache
def environment_of(language: str) -> Environment:
    """Shared by all applications of the process, so that a template is compiled once."""
    environment = Environment(
        loader=PackageLoader("wakeup.web.console", "templates"),
        extensions=["jinja2.ext.i18n", Unindented],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    said = catalogue(language)
    environment.install_gettext_callables(said.gettext, said.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


def page(request: web.Request, template: str, status: int = 200, **facts: Any) -> web.Response:
    """Render a whole page for this visitor."""
    response = web.Response(
        text=piece(request, template, **facts), status=status, content_type="text/html", charset="utf-8"
    )
    response.headers.update(HEADERS)
    return response


def piece(request: web.Request, template: str, **facts: Any) -> str:
    """Render a page, or a part of one, as text."""
    visitor, context = request[VISITOR], request.app[CONTEXT]
    now = context.parts.now()
    return aiohttp_jinja2.render_string(
        template,
        request,
        {
            "visitor": visitor,
            "look": replace(visitor.look, now=now),
            "iso": iso,
            "csrf": context.tokens.form_token(visitor.token, visitor.owner),
            "form": visitor.form,
            "now": now,
            "speed": context.console.speed,
            "path": request.path,
            "here": here(request),
            "console": context.console,
            "pages": context.pages,
            "static": STATIC.address,
            **facts,
        },
        app_key=_ENVIRONMENTS[visitor.look.language],
    )


def here(request: web.Request) -> str:
    """Return the page that the answer to a form stands for. To load the answer again would send the form again."""
    if request.method != "POST":
        return ""
    pages, (pattern, path) = request.app[CONTEXT].pages, (_pattern_of(request).split("/"), request.path.split("/"))
    for end in range(len(pattern), 1, -1):
        if "/".join(pattern[:end]) in pages:
            return "/".join(path[:end])
    return ""


def _pattern_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return "" if resource is None else resource.canonical


def redirect(path: str) -> web.Response:
    """Redirect after a form was processed."""
    return web.Response(status=303, headers={"Location": path})
