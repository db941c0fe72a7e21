"""Guardians' replies as people really write them: every text gets a meaning, and only the one that it expresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.domain.confirmation import GuardianAnswer
from wakeup.domain.reply import ParsedReply, ReplyKind, parse_reply

W, A, C, U = GuardianAnswer.WORRIED, GuardianAnswer.AWARE, GuardianAnswer.WILL_CALL, GuardianAnswer.UNSURE


@pytest.mark.parametrize(
    ("body", "code", "answer"),
    [
        ("47 1", "47", W), ("471", "47", W), ("47-2", "47", A), ("47,3", "47", C), (" 47  4 ", "47", U),
        ("４７１", "47", W), ("４７ １", "47", W), ("47 1️⃣", "47", W), ("Reply 47 1", "47", W), ("reply 47 1.", "47", W),
        ("回复47 1", "47", W), ("回复471。", "47", W), ("47 1 担心", "47", W), ("47 2 I know", "47", A), ("47：3", "47", C),
        ("1 47", "47", W), ("47 一", "47", W), ("47 two", "47", A), ("1", None, W), ("２", None, A), ("一", None, W),
        ("选3", None, C), ("1。", None, W), ("option 4", None, U), ("47 担心", "47", W), ("47 scam!!", "47", W),
        ("47 我去联系她", "47", C), ("47 不知道", "47", U), ("47 知道", "47", A), ("47 暂停", "47", W), ("47 pause please", "47", W),
    ],
)  # fmt: skip
def test_codes_and_numbered_answers_are_understood(body: str, code: str | None, answer: GuardianAnswer) -> None:
    heard = parse_reply(body)
    assert (heard.act, heard.code, heard.answer) == (ReplyKind.SAID, code, answer)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("我很担心她", W), ("这是骗子吧", W), ("可疑，请拦住", W), ("不对劲", W), ("This looks suspicious, please stop it", W),
        ("I'm worried about mum", W), ("it’s a SCAM", W), ("please block this", W), ("快停下", W),
        ("暂停转账", W), ("pause the payment", W),
        ("我知道这笔钱", A), ("我知情", A), ("没问题，是真的", A), ("I know about this", A), ("all is well", A), ("I'm aware", A),
        ("我去联系", C), ("我马上给她打电话", C), ("我马上打电话给她", C), ("I'll call them", C), ("I’ll ring her now", C),
        ("calling her now", C), ("我来问问", C),
        ("不放心", W), ("别转", W), ("不要转", W), ("让他别转", W), ("取消转账", W), ("不认识", W), ("不认识这个人", W), ("不正常", W),
        ("不是真的", W), ("别给他转钱", W), ("isn't genuine", W), ("it's not fine", W), ("don't let her pay", W),
        ("please cancel the transfer", W), ("I don't know this person", W), ("not at ease about it", W),
        ("not aware", U), ("I wasn't aware of it", U), ("unaware", U),
        ("不清楚", U), ("不清楚是不是真的", U), ("我不知道", U), ("说不准", U), ("I don't know", U), ("I do not know", U), ("not sure", U), ("no idea", U),
    ],
)  # fmt: skip
def test_common_phrasings_are_understood(body: str, answer: GuardianAnswer | None) -> None:
    assert parse_reply(body) == ParsedReply(phrase=answer)


@pytest.mark.parametrize(
    "body", ["不担心", "我不怀疑", "I am not worried", "not a scam", "nothing suspicious", "没有骗"]
)
def test_a_denied_worry_is_no_answer_of_any_kind(body: str) -> None:
    assert parse_reply(body).answer is None


@pytest.mark.parametrize(
    "body",
    [
        *("真的没问题吗", "没问题？", "是不是正常", "应该没问题", "他说没问题", "如果是真的", "要不要转", "这正常吗"),
        *("is it genuine", "is this fine?", "she says it is fine", "I hope all is well", "I don't think it's genuine"),
        *("不用担心", "别担心", "don't worry, it's fine", "我不能转告她"),
    ],
)
def test_ease_beside_a_no_a_question_or_a_doubt_is_no_ease(body: str) -> None:
    assert parse_reply(body).answer in {None, U}


@pytest.mark.parametrize(
    "body",
    [
        "47",
        "47 5",
        "47 0",
        "4711",
        "07 1",
        "123456",
        "47 1 2",
        "5",
        "0",
        "hello",
        "你好",
        "👍",
        "47 👍",
        "+6591234567",
        "12.50",
    ],
)
def test_a_reply_that_cannot_be_understood_is_not_guessed_at(body: str) -> None:
    assert parse_reply(body).answer is None


def test_worry_is_heard_above_the_number() -> None:
    assert parse_reply("47 2 但是我觉得可疑").answer is W
    assert parse_reply("I know about it but I am worried").answer is W


@pytest.mark.parametrize("body", ["", " ", "\n\t", "。", "...", "\u200b", "!?"])
def test_a_reply_without_words_is_no_answer(body: str) -> None:
    assert parse_reply(body).act is ReplyKind.NOTHING


@pytest.mark.parametrize(
    ("body", "act"),
    [
        ("STOP", ReplyKind.STOP), ("stop ", ReplyKind.STOP), ("Stop.", ReplyKind.STOP), ("ＳＴＯＰ", ReplyKind.STOP), ("END", ReplyKind.STOP), ("cancel", ReplyKind.STOP),
        ("quit", ReplyKind.STOP), ("退订", ReplyKind.STOP), ("退訂", ReplyKind.STOP), ("TD", ReplyKind.STOP), ("T", ReplyKind.STOP), ("停", ReplyKind.STOP),
        ("取消", ReplyKind.STOP), ("opt out", ReplyKind.STOP), ("START", ReplyKind.START), ("开始", ReplyKind.START), ("pause", ReplyKind.PAUSE),
        ("暂停", ReplyKind.PAUSE), ("Resume", ReplyKind.RESUME), ("恢复", ReplyKind.RESUME), ("leave", ReplyKind.LEAVE), ("退出守护", ReplyKind.LEAVE),
        ("47 stop", ReplyKind.STOP), ("47停", ReplyKind.STOP), ("please stop!", ReplyKind.STOP), ("47 取消，谢谢", ReplyKind.STOP),
    ],
)  # fmt: skip
def test_a_single_word_acts_on_the_messages(body: str, act: ReplyKind) -> None:
    assert parse_reply(body).act is act


@pytest.mark.parametrize("body", ["please stop it", "stop the payment to him", "停止转账", "47 停止转账", "hold that"])
def test_a_sentence_with_stop_in_it_is_about_the_payment(body: str) -> None:
    heard = parse_reply(body)
    assert heard.act is ReplyKind.SAID
    assert heard.answer in {W, None}


@pytest.mark.parametrize(
    ("body", "consent"),
    [
        ("YES", True),
        ("ok", True),
        ("同意", True),
        ("好的", True),
        ("No", False),
        ("不同意", False),
        ("47 yes", True),
        ("47 yes please", True),
        ("Yes, of course. Thank you!", True),
        ("65 我同意，谢谢您", True),
        ("no thanks", False),
        ("不用了谢谢", None),
        ("thank you", None),
        ("not sure", None),
        ("maybe", None),
    ],
)
def test_a_plain_yes_or_no_is_understood(body: str, consent: bool | None) -> None:
    assert parse_reply(body).consent is consent


def test_a_long_story_is_heard_only_where_it_names_its_code() -> None:
    story = "我昨天跟她说过这事很可疑" * 200
    assert parse_reply(story[:1600]).answer is None
    assert parse_reply(f"47 1 {story}"[:1600]).answer is W


@given(st.text(max_size=160))
def test_every_text_gives_a_valid_answer_and_code_or_none(body: str) -> None:
    heard = parse_reply(body)
    assert heard.digit in {None, 1, 2, 3, 4}
    assert heard.code is None or (len(heard.code) == 2 and heard.code.isascii() and heard.code.isdigit())


@given(
    st.integers(10, 99),
    st.integers(1, 4),
    st.sampled_from([" ", "", "-", "  ", ",", "。", ":", "\n", " . "]),
    st.booleans(),
)
def test_code_and_number_survive_any_spelling(code: int, digit: int, between: str, wide: bool) -> None:
    body = f"{code}{between}{digit}"
    if wide:
        body = body.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    assert (parse_reply(body).code, parse_reply(body).digit) == (str(code), digit)
