"""The coaching card at the desk: what an agent may read out as it stands, without keys and without holes."""

from __future__ import annotations

import json
import re

import pytest

from tests.console.console_client import Browser, Browsers, ConsoleClient
from tests.console.test_desk import comes_to_work, takes_the_call
from tests.ivr.stage import LIBRARY
from tests.unit.builders import T0
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.ids import CaseId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.repositories.scripts import KeptScript
from wakeup.web.console.coaching import FIRST, TOGETHER, card_of, spoken

BUREAU = {"zh": "征信中心", "en": "the credit register"}
KEYS = re.compile(r"(?i)press|按\s?\d|按星|按井")


def card(typology: str, language: str) -> tuple[str, ...]:
    """All that the card of a shipped script says, in the order of the page."""
    made = card_of(LIBRARY.latest(typology).content, language, BUREAU)
    assert made is not None and made.language == language
    return (made.first, *made.questions, made.prediction, made.step)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("typology", sorted(TYPOLOGIES))
def test_every_line_of_every_card_can_be_read_out_as_it_stands(typology: str, language: str) -> None:
    for line in card(typology, language):
        assert line and not re.search(r"…|\{|\}", line) and not KEYS.search(line), line


@pytest.mark.parametrize(("language", "bureau"), [("zh-CN", "征信中心"), ("en", "the credit register")])
def test_a_card_names_the_credit_bureau_of_the_banks_settings(language: str, bureau: str) -> None:
    assert any(bureau in line for line in card("credit_repair", language))


@pytest.mark.parametrize(("language", "spoken_in"), [("zh-CN", "zh"), ("en", "en")])
def test_a_card_begins_with_the_other_call_and_the_shared_screen(language: str, spoken_in: str) -> None:
    assert card("police_imp", language)[0] == FIRST[spoken_in]


@pytest.mark.parametrize(
    ("language", "choice"),
    [("zh-CN", "您不用独自决定，随时按0，请同事跟您谈。"), ("en", "Press 0 to ask for a colleague.")],
)
def test_a_card_whose_step_was_only_a_key_offers_the_agent_instead(language: str, choice: str) -> None:
    content = json.dumps({"script": {"nodes": {}}, "prompts": {language: {"choice": choice}}})
    made = card_of(content, language, BUREAU)
    assert made is not None and made.step == TOGETHER[language[:2]]


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("First question. Did this begin with a call? For yes, press 1. For no, press 2.", "en", "Did this begin with a call?"),
        ("第一个问题。这笔钱的事，是您先找的对方吗？是，请按1。不是，请按2。", "zh-CN", "这笔钱的事，是您先找的对方吗？"),
        ("不想接，按星号键。钱先停着。", "zh-CN", "钱先停着。"),
        ("You can ring {{ police_number }}. Or {{ other }}.", "en", "You can ring the police. Or …."),
        ("It’s your money. Press 2. Take your time.", "en", "It’s your money. Take your time."),
    ],
)  # fmt: skip
def test_a_person_asks_without_keys(text: str, language: str, said: str) -> None:
    assert spoken(text, language, BUREAU) == said


def test_a_card_is_in_the_nearest_language_and_its_own_questions_come_first() -> None:
    nodes = {
        "plain": {"type": "question", "variants": [{"prompt": "plain_1.a"}]},
        "q1": {"type": "question", "variants": [{"prompt": "q1.a"}, {"prompt": "q1.b"}]},
    }
    words = {"plain_1.a": "Met them?", "q1.a": "Known long?", "q1.b": "No.", "predict.firm": "They will hurry you."}
    made = card_of(json.dumps({"script": {"nodes": nodes}, "prompts": {"en": words}}), "zh-CN", BUREAU)
    assert made is not None
    assert (made.language, made.questions, made.prediction) == (
        "en",
        ("Known long?", "Met them?"),
        "They will hurry you.",
    )
    assert card_of(None, "en", BUREAU) is None


async def test_the_desk_shows_the_card_in_the_customers_language(console: ConsoleClient, browsers: Browsers) -> None:
    _, kim = await coached(console, browsers)
    page = (await kim.get("/console/desk")).plain
    assert f"First of all {FIRST['zh']} Ask" in page, "her customer speaks Chinese, she reads English"
    assert "当地的征信机构" in page
    chinese = (await kim.get("/console/desk", **{"Accept-Language": "zh"})).plain
    assert f"先请对方做 {FIRST['zh']} 可以这样问" in chinese


async def coached(console: ConsoleClient, browsers: Browsers) -> tuple[CaseId, Browser]:
    """The agent kim talks with a customer about credit repair, whose script is published. Return the case, and kim
    signed in."""
    case_id = await console.flag(held=False, typology="credit_repair")
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    await console.store.run(is_published)
    kim = browsers()
    await kim.sign_in("kim")
    return case_id, kim


def is_published(unit: SqlUnit) -> None:
    found = LIBRARY.latest("credit_repair")
    unit.scripts.keep(
        KeptScript(
            content_hash=found.script.content_hash, script_id=found.script.id, version=found.script.version,
            content=found.content, kept_at=T0,
        )
    )  # fmt: skip
