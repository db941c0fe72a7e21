"""Both languages have every sentence, with the same placeholders."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.console.timeline_words import agent_nodes, note_kinds, reasons
from tests.console.wanted_words import CONSOLE, in_templates, wanted
from tests.ivr.stage import LIBRARY
from tests.unit.desk import said
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier, TransferState
from wakeup.ivr.nodes import Hangup, Heard
from wakeup.runtime.dependencies import announcements
from wakeup.usecases.desk.agent_outcome import FOUND_OUT
from wakeup.usecases.records import Note
from wakeup.usecases.speaker import WhisperFacts
from wakeup.web.console import masking
from wakeup.web.console.choices import choices_in, meaning
from wakeup.web.console.heard import heard
from wakeup.web.console.i18n import Look, catalogue
from wakeup.web.console.meanings import MEANINGS
from wakeup.web.console.sentences import KINDS, STEPS, by, lacks_subject, sentence, who

T0 = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ZH, EN = (Look(language=one, zone="Asia/Singapore", now=T0) for one in ("zh_CN", "en"))
_BLANK = re.compile(r"\{\w+\}|%\(\w+\)s")


def in_chinese(text: str) -> str:
    """Some Python versions find a sentence with a plural only through `ngettext`."""
    words = catalogue("zh_CN")
    found = words.gettext(text)
    return found if found != text else words.ngettext(text, text, 1)


def test_every_sentence_is_translated_and_keeps_its_blanks() -> None:
    silent = sorted(text for text in wanted() if in_chinese(text) == text and text != "Wakeup")
    assert not silent
    torn = [text for text in wanted() if sorted(_BLANK.findall(text)) != sorted(_BLANK.findall(in_chinese(text)))]
    assert not torn


def test_every_reason_has_english_words_too() -> None:
    """Without an entry English shows the code word itself, such as `person releases`."""
    bare = sorted(word for word in wanted() if word.startswith("reason:") and word not in MEANINGS)
    assert not bare


@pytest.mark.parametrize("look", [ZH, EN], ids=["zh", "en"])
@pytest.mark.parametrize("code", sorted(TYPOLOGIES))
def test_an_agent_hears_the_name_of_a_scam_that_the_console_shows(code: str, look: Look) -> None:
    facts = WhisperFacts(
        name="", tier=Tier.HIGH, typology=code, amount=Decimal(1), currency="SGD", payee_name="J",
        state=TransferState.HELD, outcome=None, risky=0, answered=0,
    )  # fmt: skip
    whisper = announcements().colleague("whisper", look.language, facts)[-1].text
    assert look.word("typology", code) in re.split(r"[。.] ?", whisper)


def test_every_place_in_a_conversation_that_scripts_share_has_words() -> None:
    """Only these nodes speak or wait, so only they come before staff. A node of one script alone keeps its name."""
    named = Counter(
        name for one in LIBRARY for name, node in one.script.nodes.items() if isinstance(node, Heard | Hangup)
    )
    shared = {f"node:{name}" for name, scripts in named.items() if scripts > 1}
    assert len(shared) > 50
    assert not {word for word in shared if word not in MEANINGS or in_chinese(word) == word}


def test_every_key_of_a_script_has_words() -> None:
    for one in LIBRARY:
        choices = choices_in({"script": one.script.model_dump(mode="json")})
        keys = [(node, key) for node, targets in choices.items() for key in targets if key in "123"]
        assert len(keys) > 5
        silent = [(node, key) for node, key in keys for look in (EN, ZH) if not meaning(choices, node, key, look)]
        assert not silent, one.script.id


def test_a_key_is_said_with_what_it_meant_where_it_was_pressed() -> None:
    choices = choices_in(
        {
            "script": {
                "keys": {"0": "agent"},
                "nodes": {
                    "q1": {"type": "question"},
                    "code": {"type": "menu", "keys": {"1": "payment"}},
                    "stay": {"type": "menu", "global_exits": False},
                },
            }
        }
    )
    assert [heard("keys 2", look, meaning=meaning(choices, "q1", "2", look)) for look in (EN, ZH)] == [
        "pressed 2 (no)", "按了 2（否）",
    ]  # fmt: skip
    said = [
        meaning(choices, node, key, EN) for node, key in (("code", "1"), ("code", "0"), ("stay", "0"), ("code", "8"))
    ]
    assert said == ["the codes match", "asks for a person", "", ""]
    assert heard("keys 8", EN, meaning="") == "pressed 8"


def test_no_sentence_of_a_template_trips_over_a_percent_sign() -> None:
    """Templates fill in sentences with `%`: a bare `%` breaks the page, and only in the language that has it."""
    said = catalogue("zh_CN")
    for text in in_templates():
        for words in (text, said.gettext(text)):
            assert "%" not in _BLANK.sub("", words), words


def test_counted_phrases_are_translated() -> None:
    said = catalogue("zh_CN")
    for one in ("day", "conversation"):
        assert said.ngettext(f"%(num)s {one}", f"%(num)s {one}s", 3) != f"%(num)s {one}s", one


def test_the_search_for_sentences_finds_some() -> None:
    assert "Pause all dialling" in set(in_templates())
    assert len(wanted()) > 300


def test_no_template_speaks_outside_the_catalogue() -> None:
    """The text between tags comes only from the catalogue or from data."""
    spoken = {}
    for path in (CONSOLE / "templates").glob("*.html"):
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", path.read_text(), flags=re.DOTALL)
        words = [
            word.strip()
            for word in re.findall(r">([^<>]*)<", text)
            if re.search(r"[A-Za-z]{2,}", word) and "=" not in word
        ]
        strange = [
            word
            for word in words
            if word not in {"Wakeup", "· Wakeup", "English", "wakeup user add", "wakeup agent add", "CSV", "(n="}
        ]
        if strange:
            spoken[path.name] = strange
    assert not spoken


def test_times_amounts_and_code_words_are_shown_in_the_viewers_language() -> None:
    assert EN.time(T0) == "Nov 22 10:00:00"
    assert ZH.time(T0) == "11月22日 10:00:00"
    assert EN.clock(T0, "Europe/London") == "02:00:00"
    assert EN.money(Decimal("52000.5"), "SGD").replace("\xa0", " ") == "SGD 52,000.50"
    assert ZH.word("tier", "critical") == "极高"
    assert EN.word("outcome", "not_me") == "not me"
    assert [EN.word(*word) for word in (("attempt", "answered"), ("outcome", "partial"), ("figure", "window_hit"))] == [
        "talking", "not finished", "reached in time",
    ]  # fmt: skip
    assert not [word for word in FOUND_OUT if f"outcome_means:{word}" not in MEANINGS]
    assert EN.left(T0 + timedelta(hours=2, seconds=5), T0) == "2:00:05"
    assert EN.left(T0, T0 + timedelta(seconds=65)) == "−1:05"
    assert EN.left(T0 + timedelta(days=2), T0) == "2d 0h"
    assert ZH.left(T0 + timedelta(days=1, hours=22), T0) == "1天22小时"
    assert EN.word("typology", "ticket") == "flight or ticket refund"


@pytest.mark.parametrize(
    ("at", "english", "chinese"),
    [
        (datetime(2025, 11, 22, 2, 0, tzinfo=UTC), "Nov 22, 2025 10:00:00", "2025年11月22日 10:00:00"),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), "Jan 1 00:00:00", "1月1日 00:00:00"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "Jan 1, 2027 00:00:00", "2027年1月1日 00:00:00"),
    ],
)
def test_a_time_of_another_year_is_said_with_its_year(at: datetime, english: str, chinese: str) -> None:
    """The years are those of the viewer's zone."""
    assert (EN.time(at), ZH.time(at)) == (english, chinese)
    assert (EN.dated.time(T0), ZH.dated.time(T0)) == ("Nov 22, 2026 10:00:00", "2026年11月22日 10:00:00")


def test_the_timeline_is_shown_in_plain_words() -> None:
    note = Note(kind="decided", by="ann", data={"sequence": 3, "ruling": "allow", "reason": "released_by_person"})
    assert (by(note, EN), sentence(note, EN)) == ("ann", "Decision 3: allow, because released by a person.")
    assert sentence(note, ZH) == "第 3 号决定：放行，原因：人工放行。"
    strange = Note(kind="something_new", by="system", data={"a": 1})
    assert (by(strange, EN), sentence(strange, EN)) == ("Wakeup", "something new: a 1")
    bare = Note(kind="turn", by="callee", data={})
    assert sentence(bare, EN) == "Turn –, at –: –."
    worry = Note(
        kind="learned", by="guardian", data={"outcome": "guardian_worried", "contact": "guardian", "score": "0"}
    )
    assert sentence(worry, EN) == "Outcome: guardian worried, from guardian."
    heard = {"outcome": "not_me", "contact": "right_party"}
    assert "score" not in sentence(Note(kind="learned", by="ann", data=heard), EN)
    assert "score 1 of 4" in sentence(Note(kind="learned", by="callee", data={**heard, "score": "1"}), EN)


@pytest.mark.parametrize(
    ("teller", "outcome", "score", "scored"),
    [("callee", "not_me", "0", False), ("callee", "hung_up", "0", False), ("ada", "consistent", "0", False),
     ("callee", "consistent", "0", True), ("callee", "hung_up", "0.5", True)],
)  # fmt: skip
def test_a_score_is_told_only_where_questions_were_answered(
    teller: str, outcome: str, score: str, *, scored: bool
) -> None:
    data = {"outcome": outcome, "contact": "right_party", "score": score}
    assert ("of 4" in sentence(Note(kind="learned", by=teller, data=data), EN)) is scored
    evidence = replace(
        said(Outcome(outcome), TransferId("t_1"), T0, 1),
        score=Decimal(score),
        by=None if teller == "callee" else teller,
    )
    assert evidence.scored is scored


def test_only_a_sentence_that_lacks_its_subject_is_said_after_who_did_it() -> None:
    ringing, claimed = Note(kind="call_ring", by="system", data={}), Note(kind="review_claimed", by="ann", data={})
    assert (lacks_subject(ringing), lacks_subject(claimed)) == (False, True)
    assert set(KINDS) > STEPS and not STEPS & {
        "decided",
        "learned",
        "call_end",
        "talk_begun",
        "promise_late",
        "guardian_passed_over",
    }


@pytest.mark.parametrize(
    ("title", "english", "chinese"),
    [
        ("Task scam (刷单返利)", "Task scam", "刷单返利"),
        ("Bank impersonation (safe account) (冒充银行)", "Bank impersonation (safe account)", "冒充银行"),
        ("Claims-farm scam (代理退保(黑灰产))", "Claims-farm scam", "代理退保(黑灰产)"),
        ("A flagged payment of unknown kind", "A flagged payment of unknown kind", "类型不明的可疑付款"),
        ("Somebody else's (own) title", "Somebody else's (own) title", "Somebody else's (own) title"),
    ],
)
def test_a_scripts_title_is_shown_in_the_viewers_language_if_it_has_one(title: str, english: str, chinese: str) -> None:
    assert (EN.title(title), ZH.title(title)) == (english, chinese)


def test_masks_show_enough_to_tell_apart_and_no_more() -> None:
    assert masking.phone("+6591234567") == "+65••••67"
    assert masking.name("陈美玲") == "陈••"
    assert masking.account("DBS-123-456789") == "••••789"
    assert (masking.account("1234"), masking.phone(""), masking.name(None)) == ("••", "–", "–")


def test_the_check_code_of_a_call_in_progress_is_masked() -> None:
    assert masking.check_code("核对码是：九、零、八、八。一样，请按1。", "9088") == "核对码是：••••。一样，请按1。"
    assert masking.check_code("It is: nine, zero, eight, eight.", "9088") == "It is: ••••."
    assert masking.check_code("核对码是：九、零、八、八。", None) == "核对码是：九、零、八、八。"


def test_every_kind_of_note_has_a_sentence() -> None:
    assert not note_kinds() - set(KINDS)
    assert len(note_kinds()) > 120


def test_the_search_for_code_words_finds_those_of_every_place() -> None:
    """A word that is returned, one in a table of checks, one passed by name, and one passed on."""
    assert {"no_alternate", "asked_before", "number_live", "guardian_stop", "settled", "no_reply"} <= reasons()
    assert {"whisper", "joined", "gone"} <= agent_nodes()


@pytest.mark.parametrize(
    ("kind", "data", "english", "chinese"),
    [
        ("rung_skipped", {"rung": "call_alternate", "reason": "no_alternate"},
         "Rung skipped: call another number of the customer, no other number is known.",
         "跳过步骤：致电备用号码，没有备用号码。"),
        ("rung_taken", {"rung": "police_handoff"}, "Rung: hand over to the police.", "执行步骤：移交警方。"),
        ("ladder_ended", {"reason": "spoken_to"}, "No more calls: they were spoken to.", "不再拨打：已谈过。"),
        ("guardian_not_asked", {"reason": "asked_before"}, "No guardian is asked: asked before.",
         "未询问守护人：已问过。"),
        ("detected", {"by_machine": "human"}, "Answering machine detection: a human.", "检测结果：真人。"),
        ("detected", {"by_machine": "machine"}, "Answering machine detection: a voicemail.", "检测结果：语音信箱。"),
        ("guardian_replied", {"answer": "worried"}, "replied: worried.", "回复：担心。"),
        ("turn", {"n": 2, "node": "end_person", "act": "personleft"}, "Turn 2, at goodbye after a colleague: the colleague left.",
         "第 2 轮，结束语（与同事通话后）：同事离开。"),
        ("agent_turn", {"n": 0, "node": "whisper"}, "A colleague's call, turn 0: hears who is waiting.",
         "同事的通话，第 0 轮：听取案情。"),
        ("meeting_over", {"how": "nobody_came"}, "is back with the script; the conference: nobody came.",
         "回到与我们的通话；三方通话结果：没有人来。"),
        ("police_wanted", {"due_at": "2026-11-22T02:00:00+00:00"}, "The police must be told by Nov 22 10:00:00.",
         "须报警，截止 11月22日 10:00:00。"),
        ("person_wanted", {"due_at": "2026-11-22T02:00:00+00:00"}, "A human must follow up by Nov 22 10:00:00.",
         "须人工跟进，截止 11月22日 10:00:00。"),
        ("hold_ends", {"hold_max": "2026-11-22T02:00:00+00:00"},
         "The hold ends at Nov 22 10:00:00; then the payment is refused.",
         "拦截将于 11月22日 10:00:00 到期，到期后付款将被拒绝。"),
        ("call_in_expected", {"until": "2026-11-22T02:00:00+00:00"},
         "The customer started a call to the bank in the app; one call until Nov 22 10:00:00 is counted as it.",
         "客户在手机银行里发起了来电；11月22日 10:00:00 之前的一个来电将视为该来电。"),
    ],
)  # fmt: skip
def test_code_words_are_sentences_in_both_languages(
    kind: str, data: dict[str, Any], english: str, chinese: str
) -> None:
    note = Note(kind=kind, by="system", data=data)
    assert (sentence(note, EN), sentence(note, ZH)) == (english, chinese)


def test_a_colleague_without_a_name_is_a_colleague() -> None:
    assert (who("person", EN), who("person", ZH)) == ("A colleague", "同事")
    assert (who("system", EN), who("ann", ZH)) == ("Wakeup", "ann")


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        ("keys 1", "pressed 1", "按了 1"),
        ("silence", "said nothing", "沉默"),
        ("hungup", "hung up", "挂断"),
        ("person talked", "the call with a colleague: they talked", "与同事的通话：谈过了"),
        ("meeting nobody_came", "the conference: nobody came", "三方通话：没有人来"),
        ("recorded REaa 7 s", "left a message of 7 seconds", "留言 7 秒"),
        ("speech my pin is 1234", "spoke, 14 characters", "说了 14 个字"),
        ("detected fax", "machine detected", "检测到机器"),
    ],
)
def test_the_callees_acts_are_put_into_words_and_their_speech_is_only_counted(
    given: str, english: str, chinese: str
) -> None:
    assert (heard(given, EN), heard(given, ZH)) == (english, chinese)


def test_unmasked_words_are_those_of_the_customer() -> None:
    assert heard("speech my pin is 1234", ZH, unmasked=True) == "my pin is 1234"
