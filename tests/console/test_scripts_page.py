"""The scripts page: the figures of each script, with the interval that its count allows, and a picture with its own
style.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest

from tests.console.console_client import Browser, Browsers, ConsoleClient, open_console
from tests.ivr.stage import LIBRARY
from tests.unit.builders import T0
from wakeup.domain.ids import CaseId
from wakeup.ivr.library import content_of, hash_of
from wakeup.ivr.nodes import prompts_of
from wakeup.runtime.scripts.compare import Version, differences
from wakeup.runtime.scripts.graph_page import picture_of
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.transcripts import PathCounts
from wakeup.usecases.figures.script_figures import KindShare, ScriptShare, Shares, read_talks, shares_of, wilson
from wakeup.usecases.repositories.scripts import KeptScript, PausedScript
from wakeup.web.console.script import words_of


@pytest.mark.parametrize(
    ("part", "whole", "interval"),
    [(0, 0, None), (0, 10, (0.0, 0.278)), (5, 10, (0.237, 0.763)), (10, 10, (0.722, 1.0)), (50, 100, (0.404, 0.596))],
)
def test_the_interval_is_wilsons(part: int, whole: int, interval: tuple[float, float] | None) -> None:
    found = wilson(part, whole)
    assert found is None if interval is None else found == pytest.approx(interval, abs=0.001)


async def counted(console: ConsoleClient, *cuts: timedelta) -> Shares:
    """The shares of the last 30 days, read in slices that end at these cuts before now."""
    ends = [console.moment - timedelta(days=30), *(console.moment - cut for cut in cuts), console.moment]
    talks = [await console.store.read(read_talks, since, until) for since, until in pairwise(ends)]
    return shares_of(talks, console.moment)


async def test_shares_are_counted_by_script_version_language_and_persona(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)

    def talk(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            for n, (contact, outcome) in enumerate(
                (("right_party", "dissuaded"), ("right_party", "persists"), ("voicemail", "no_input"))
            ):
                file.note("talk_begun", attempt=f"a{n}", script="romance", version="2", language="en", persona="")
                file.note("learned", "callee", attempt=f"a{n}", contact=contact, outcome=outcome)

    await console.store.run(talk)
    await console.store.run(a_guardian_writes, case_id, console.moment)
    assert (await counted(console)).scripts == [
        ScriptShare(script="romance", version="2", language="en", persona="", talks=3, reached=2, dissuaded=1)
    ]
    vera = browsers()
    await vera.sign_in("vera")
    assert "romance" in (await vera.get("/console/scripts")).plain
    assert (await vera.get("/console/scripts/romance/en")).status == 404


def a_guardian_writes(unit: SqlUnit, case_id: CaseId, now: datetime) -> None:
    """A guardian's answer belongs to no conversation."""
    with CaseFile(unit, unit.cases.lock(case_id), now) as file:
        file.note("learned", "guardian", evidence="evi_9", contact="guardian", outcome="guardian_worried")


async def no_calls(_content_hash: str) -> PathCounts:
    return PathCounts(calls=0, others=0, moves={}, again={}, hung_up={}, seconds={})


def test_a_real_picture_allows_exactly_its_own_style_and_script() -> None:
    drawn = asyncio.run(picture_of(asyncio.to_thread, "romance", "en", "en", no_calls))
    assert drawn is not None
    assert asyncio.run(picture_of(asyncio.to_thread, "no_such", "en", "en", no_calls)) is None
    assert not re.search(r'\bstyle="|\son\w+="', drawn), "nothing inline that the policy would refuse"

    readers: list[str] = []

    async def whole() -> None:
        from dataclasses import replace

        from aiohttp import ClientSession, DummyCookieJar

        async def picture(script_id: str, language: str, reader: str, _trips: Any) -> str | None:
            readers.append(reader)
            return drawn

        console = ConsoleClient()
        parts = console.parts
        console.parts = lambda: replace(  # type: ignore[method-assign]
            parts(), console=replace(parts().console, picture=picture)
        )
        async with open_console(console) as (_, base), ClientSession(cookie_jar=DummyCookieJar()) as session:
            vera = Browser(session, base)
            await vera.sign_in("vera")
            page = await vera.get("/console/scripts/romance/en")
            await vera.get("/console/scripts/romance/en", **{"Accept-Language": "zh"})
            assert readers == ["en", "zh-CN"], "drawn in the language of the reader"
            policy = page.headers["Content-Security-Policy"]
            for kind in ("style", "script"):
                text = re.search(rf"<{kind}>(.*?)</{kind}>", page.text, re.DOTALL)
                assert text is not None
                digest = base64.b64encode(sha256(text[1].encode()).digest()).decode()
                assert f"{kind}-src 'sha256-{digest}'" in policy

    asyncio.run(whole())


def test_words_stand_only_under_the_nodes_that_say_them() -> None:
    content = {
        "script": {
            "nodes": {
                "cancel": {"type": "branch", "cases": [{"if": "speech", "to": "opening"}], "otherwise": "opening"},
                "machine": {"type": "decide", "contact": "voicemail", "to": "voicemail"},
                "opening": {"type": "say", "prompts": ["opening"], "to": "voicemail"},
                "voicemail": {"type": "hangup", "prompts": ["voicemail"]},
                "forgotten": {"type": "of_old", "prompts": ["old"]},
            },
        },
        "prompts": {"en": {"opening": "Hello.", "voicemail": "Call us back.", "old": "Hm."}},
    }
    assert words_of(content, "en") == [
        ("opening", "say", ("Hello.",)),
        ("voicemail", "hangup", ("Call us back.",)),
        ("", "", ("Hm.",)),
    ]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_prompt_of_a_published_script_stands_under_its_node(language: str) -> None:
    for entry in LIBRARY:
        content = json.loads(entry.content)
        if language not in content["prompts"]:
            continue
        shown = {node: texts for node, _, texts in words_of(content, language)}
        texts = content["prompts"][language]
        for name, node in entry.script.nodes.items():
            said = dict.fromkeys(one for one in prompts_of(node) if one in texts)
            assert shown.get(name, ()) == tuple(texts[one] for one in said), (entry.script.id, name)


OLD: dict[str, Any] = {
    "script": {
        "id": "romance",
        "nodes": {
            "hello": {"type": "menu", "prompts": ["hi"], "reprompts": ["hi"], "keys": {"1": "bye"}},
            "bye": {"type": "hangup", "prompts": ["end"]},
        },
    },
    "prompts": {"en": {"hi": "Hello.", "end": "Goodbye.", "more": "One moment."}},
}


def kept(version: str, hello: str) -> KeptScript:
    content = content_of(OLD["script"], {"en": {**OLD["prompts"]["en"], "hi": hello}})
    return KeptScript(
        content_hash=hash_of(content), script_id="romance", version=version, content=content,
        kept_at=T0 + timedelta(days=int(version)),
    )  # fmt: skip


def called(unit: SqlUnit, case_id: CaseId, content_hash: str, at: datetime) -> None:
    """Ten calls heard the greeting. Three heard it again; after 12.5 s six pressed a key, and four hung up."""
    for n in range(10):
        with CaseFile(unit, unit.cases.lock(case_id), at) as file:
            file.note("talk_begun", attempt=f"a{n}", script="romance", content=content_hash)
            file.note("turn", "callee", attempt=f"a{n}", node="hello", act="answered")
            if n < 3:
                file.note("turn", "callee", attempt=f"a{n}", node="hello", act="silence")
        with CaseFile(unit, unit.cases.lock(case_id), at + timedelta(seconds=12.5)) as file:
            node, act = ("bye", "keys") if n < 6 else ("hello", "hungup")
            file.note("turn", "callee", attempt=f"a{n}", node=node, act=act)


async def test_a_script_with_its_versions_their_difference_its_words_and_what_happened(
    console: ConsoleClient, browsers: Browsers
) -> None:
    one, two = kept("1", "Hello."), kept("2", "Good <b>day</b>.")
    for script in (one, two):
        await console.store.run(lambda unit, script=script: unit.scripts.keep(script))
    await console.store.run(called, await console.flag(held=False), two.content_hash, console.moment)

    def difference(before: tuple[str, str], after: tuple[str, str]) -> list[str]:
        return list(differences(Version(name=before[0], content=before[1]), Version(name=after[0], content=after[1])))

    console.furnish(difference=difference)
    vera = browsers()
    await vera.sign_in("vera")
    page = await vera.get("/console/scripts/romance")
    assert "hello 10 3 4 40.0 % 12.5" in page.plain and "bye 6 0 0 0.0 % –" in page.plain
    assert "-hi: Hello. +hi: Good <b>day</b>." in page.plain and "<b>day</b>" not in page.text
    assert "hello menu Good <b>day</b>. bye hangup Goodbye. … One moment." in page.plain
    older = await vera.get(f"/console/scripts/romance?version={one.content_hash}")
    assert "version 1" in older.plain and "What changed" not in older.plain
    other = await vera.get(f"/console/scripts/romance?version={one.content_hash}&against={two.content_hash}")
    assert "What changed since version 2" in other.plain
    assert (await vera.get("/console/scripts/nothing")).status == 404


async def test_a_picture_and_the_page_of_its_script_share_one_counting_page_by_page(
    console: ConsoleClient, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wakeup.usecases.conversation.transcripts.PAGE", 9)
    shown = kept("1", "Hello.")
    await console.store.run(lambda unit: unit.scripts.keep(shown))
    await console.store.run(called, await console.flag(held=False), shown.content_hash, console.moment)
    breaths: list[None] = []

    async def breathe() -> None:
        breaths.append(None)

    async def picture(_script: str, _language: str, _reader: str, trips: Any) -> str:
        return f"{(await trips(shown.content_hash)).calls} calls"

    console.furnish(picture=picture, breathe=breathe)
    vera = browsers()
    await vera.sign_in("vera")
    assert (await vera.get("/console/scripts/romance/en")).text == "10 calls"
    assert len(breaths) == 3, "33 rows"
    assert "hello 10 3 4 40.0 % 12.5" in (await vera.get("/console/scripts/romance")).plain
    assert len(breaths) == 3


async def test_the_viewers_language_comes_first(console: ConsoleClient, browsers: Browsers) -> None:
    script = {**OLD["script"], "title": "Romance scam (婚恋交友)"}
    content = content_of(script, {**OLD["prompts"], "zh-CN": {"hi": "您好。", "end": "再见。"}})
    both = replace(kept("1", "Hello."), content=content, content_hash=hash_of(content))
    await console.store.run(lambda unit: unit.scripts.keep(both))

    vera = browsers()
    await vera.sign_in("vera")
    english = await vera.get("/console/scripts/romance")
    assert "romance Romance scam · version 1" in english.plain
    assert english.text.index("Hello.") < english.text.index("您好。")
    vera.cookies["language"] = "zh_CN"
    chinese = await vera.get("/console/scripts/romance")
    assert "romance 婚恋交友 · 版本 1" in chinese.plain
    assert chinese.text.index("您好。") < chinese.text.index("Hello.")
    opened = re.findall(r"<details( open)?>\s*<summary>[^<]* · ([\w-]+)</summary>", chinese.text)
    assert opened == [(" open", "zh-CN"), ("", "en")]


async def test_shares_are_counted_by_kind_of_scam_too(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False, typology="romance")

    def talk(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            attempt = unit.attempts.of_case(case_id)[0]
            unit.connection.exec_driver_sql(
                "UPDATE attempts SET intent_at = due_at, state = 'ended', disposition = 'answered', ended_at = due_at, placed_at = due_at, call_sid = 'CA1', from_number = '+1'"
            )
            file.note("talk_begun", attempt=attempt.id, script="generic", version="2", language="en", persona="")
        with CaseFile(unit, unit.cases.lock(case_id), console.moment + timedelta(seconds=45)) as file:
            file.note("learned", "callee", attempt=attempt.id, contact="right_party", outcome="dissuaded")

    await console.store.run(talk)
    console.moment += timedelta(minutes=1)
    assert (await counted(console)).kinds == [KindShare(typology="romance", talks=1, reached=1, dissuaded=1)]
    assert await counted(console, timedelta(seconds=90), timedelta(seconds=60), timedelta(seconds=30)) == await counted(
        console
    ), "however the days are cut"


async def test_whoever_resumes_a_script_does_not_wait_for_figures(
    console: ConsoleClient, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wakeup.web.console.scripts.PATIENCE_S", 0.01)
    held_up, ann = asyncio.Event(), browsers()
    console.furnish(breathe=held_up.wait)
    await ann.sign_in("ann")
    page = await ann.get("/console/scripts")
    assert page.status == 200 and "The figures are being counted." in page.plain
    off = PausedScript(script_id="romance", paused_at=T0, by="ben")
    await console.store.run(lambda unit: unit.scripts.pause(off))
    on = {"csrf": page.csrf, "script": "romance"}
    assert (await ann.post("/console/scripts/resume", on)).status == 303
    refused = await ann.post("/console/scripts/resume", on)
    assert refused.status == 409 and "this script is not paused" in refused.plain
    held_up.set()
    monkeypatch.setattr("wakeup.web.console.scripts.PATIENCE_S", 20)
    assert "No conversations yet." in (await ann.get("/console/scripts")).plain
