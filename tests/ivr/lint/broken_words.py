"""Scripts that say what they must not: each is a small edit to a good one, with the rule that must report it."""

from __future__ import annotations

from tests.ivr.lint.broken import (
    EN,
    OPENING,
    OPENING_EN,
    OPENING_ZH,
    SCRIPT,
    TALK_EN,
    TALK_ZH,
    ZH,
    broken,
    line_instead,
    warned,
)

HEARERS = {
    "an opening that hides the machine": broken("opening", OPENING_ZH, "自动语音来电", "来电", "opening:", "automated"),
    "an opening that hides the recorder": broken("opening", OPENING_EN, "{% if unrecorded %}unrecorded{% else %}recorded{% endif %} call", "call", "opening:", "recorded"),
    "an opening without the bank": broken(
        "opening", OPENING_EN, "call from {{ bank_name }} about the", "call about the", "opening:", "who is calling",
    ),
    "an opening that does not say why": broken(
        "opening", OPENING_ZH, '有件资金安全的事要跟您核实。"\nopening.an', '有件事要跟您核实。"\nopening.an', "opening:", "what it is about",
    ),
    "an opening that takes its time": broken(
        "opening", OPENING_EN, 'opening: "Hello, ', 'opening: "Hello, and a very good day to you from all of us, ', "opening:", "until who",
    ),
    "a persona that takes its time": broken(
        "opening", OPENING_EN, "this is Ann,", "this is Ann, whom you may not know yet,", "opening.an:", "until who",
    ),
    "a voicemail that says what it is about": broken(
        "unattended", OPENING_EN, "we need to check something with you, so", "we need to check a payment with you, so", "machine:", "payment",
    ),
    "a call assistant that is told of money": broken(
        "unattended", OPENING_ZH, "有件事要跟用这个号码的人核实", "有件资金的事要跟用这个号码的人核实", "screener:", "资金",
    ),
    "a voicemail with a variable": broken(
        "unattended", OPENING_EN, 'machine: "Hello,', 'machine: "Hello{% if settled %}{% endif %},', "machine:", "settled",
    ),
    "a voicemail that does not say who": broken(
        "unattended", OPENING_ZH, 'machine: "您好，{{ bank_name }}自动', 'machine: "您好，自动', "machine:", "who is calling",
    ),
    "a voicemail without an end": broken(
        "unattended", OPENING_EN, 'machine: "Hello,', f'machine: "{"Hello, hello again. " * 12}', "machine:", "a recording needs",
    ),
}  # fmt: skip

KEYS = {
    "a key told that is not taken": broken("keys", TALK_ZH, '说不准，请按3。"\nown.again', '说不准，请按4。"\nown.again', "own.ask:", "mentions key 4"),
    "a key taken that is not told": broken(
        "keys", TALK_EN, "If you did not, press 2. If you are", "If you are", "own.ask:", "does not mention key 2",
    ),
    "a key told on parting": broken(
        "keys", EN, 'end.dissuaded: "', 'end.dissuaded: "For anything else, press 7. ', "end.dissuaded:", "is not taken here",
    ),
    "a star that is not taken": broken("keys", "shared/ways_out/subscript.yaml", ', "*": opt_out', "", "party.last:", "key *", at=OPENING_EN),
    "a question without its keys": line_instead("keys", EN, "q2.a", "Second question. Have they said so? Yes, press 1.", "key 2"),
    "a menu too long for an ear": broken(
        "choices", TALK_EN, 'more.ask: "', 'more.ask: "For the fourth thing, press 4. ', "more.ask:", "5 keys",
    ),
}  # fmt: skip

TONGUES = {
    "English in the Chinese file": line_instead("language", ZH, "choice", "Talk to an old friend first."),
    "Chinese in the English file": line_instead("language", EN, "choice", "最稳妥的是先问一问。"),
    "an English voice for Chinese": broken(
        "voice", SCRIPT, "Polly.Zhiyu-Neural", "Polly.Joanna-Neural", "  zh-CN:", "does not speak zh-CN",
    ),
    "a persona with the wrong voice": broken(
        "voice", OPENING, "Google.cmn-CN-Wavenet-A", "Google.en-GB-Wavenet-A", "      zh-CN:", "does not speak zh-CN",
    ),
    "a voice for a language it lacks": broken(
        "voice", OPENING, "      en: {voice: Polly.Amy", "      fr: {voice: Polly.Amy", "      fr:", "not a language of this script",
    ),
    "a voice nobody knows": broken("voice", SCRIPT, "Polly.Zhiyu-Neural", "Polly.Nobody", "  zh-CN:", "not a known voice"),
    "a voice of a third language": broken(
        "voice", SCRIPT, "Polly.Joanna-Neural", "Google.fr-FR-Wavenet-A", "  en:", "does not speak en",
    ),
    "a persona with a voice nobody knows": broken(
        "voice", OPENING, "Polly.Amy-Neural", "Polly.Nobody", "      en:", "not a known voice",
    ),
    "a pace for a voice that may take none": broken(
        "voice", SCRIPT, "Polly.Joanna-Neural", "Google.en-US-Chirp3-HD-Kore", "  en:", "may not support a pace",
    ),
    "a pace nobody follows": broken("voice", SCRIPT, "slow_rate: 82%", "slow_rate: 30%", "  en:", "not a pace"),
}  # fmt: skip

TONE = {
    "a crime named in Chinese": broken("tone", ZH, 'predict.firm: "', 'predict.firm: "这是诈骗。', "predict.firm:", "诈"),
    "a crime named in English": broken("tone", EN, 'predict.firm: "', 'predict.firm: "This is a scam. ', "predict.firm:", "scam"),
    "somebody shamed": broken("tone", EN, 'insist.say: "', 'insist.say: "You should have known better. ', "insist.say:"),
    "somebody blamed": broken("tone", EN, "this is not your fault", "this is your fault", "end.already_paid:", "your fault"),
    "somebody blamed in Chinese": broken("tone", ZH, "这件事不怪您", "这件事怪您", "end.already_paid:", "怪您"),
    "one of us with a badge": broken("badge", ZH, "有一位同事会", "有一位警官会", "end.persists:", "an official"),
    "the court on the line": broken("badge", EN, 'lead: "', 'lead: "We are working with the court. ', "lead:", "an official"),
    "the police where nobody plays it": broken(
        "badge", EN, 'end.dissuaded: "', 'end.dissuaded: "Please go to the police. ', "end.dissuaded:", "mentions the police",
    ),
    "a persona with a rank": broken("persona", OPENING, "zh-CN: 小安", "zh-CN: 安主任", "    name:", "rank"),
    "a persona that replaces nothing": broken(
        "persona", OPENING, "prompts: {opening: opening.an}", "prompts: {opening: opening.an, openings: opening.an}",
        "    prompts: {opening:", "no node says",
    ),
    "a leading question": broken("leading", ZH, 'q1.a: "第一个问题。', 'q1.a: "第一个问题。是不是', "q1.a:", "是不是"),
    "a question with its answer": broken("leading", EN, "Have they said that you are", "They have said, haven't they, that you are", "q2.a:"),
    "a number to call": broken("number", EN, 'end.keep_hold: "', 'end.keep_hold: "Ring 95588. ', "end.keep_hold:", "95588"),
    "a number in words": broken("number", ZH, 'end.keep_hold: "', 'end.keep_hold: "请拨九五五八八。', "end.keep_hold:"),
}  # fmt: skip

ASKING = {
    "a code asked for": broken("asking", EN, 'lead: "', 'lead: "Please tell me the code you were sent. ', "lead:", "Please tell me"),
    "a password typed": broken("asking", ZH, 'lead: "', 'lead: "请输入您的密码。', "lead:", "请输入"),
    "a link to open": broken("asking", EN, 'end.dissuaded: "', 'end.dissuaded: "Open the link we sent. ', "end.dissuaded:"),
    "a program to install": broken("asking", ZH, 'end.dissuaded: "', 'end.dissuaded: "请先下载我们的应用。', "end.dissuaded:"),
    "a card number named": broken("asking", EN, 'lead: "', 'lead: "Have your card number ready. ', "lead:", "card number"),
    "our own code asked back": broken(
        "asking", OPENING_ZH, 'code.ask: "', 'code.ask: "请把核对码告诉我。', "code.ask:",
    ),
}  # fmt: skip

OFFERED = {
    "an offer that is inverted when it is said back": line_instead(
        "offered", ZH, "q3.b", "最后一个问题。对方催过您吗？没有，请按1。有，请按2。", "means no when",
    ),
    "an offer of a no that is a yes": line_instead(
        "offered", EN, "q2.a", "Second question. Did they decline? Yes, press 2. No, press 1.", "means yes when",
    ),
    "an offer that is another key's when it is said back": broken(
        "offered", TALK_ZH, "不转了，请按1。先停着，再想想，请按2", "先停着，再想想，请按1。不转了，请按2", "closing.ask:", "leads to keep_hold",
    ),
    "a question with a negation that the callee repeats": line_instead(
        "negated", ZH, "q2.a", "第二个问题。有人叫您先别跟家里人提这件事吗？有，请按1。没有，请按2。", "别",
    ),
    "a question with a cannot that the callee repeats": line_instead(
        "negated", EN, "q2.a", "Second question. Did they say that you cannot stop? Yes, press 1. No, press 2.", "cannot",
    ),
    "an offer nobody understands said back": warned(
        "offered", ZH, "没有，请按2。", "此事绝无仅有，请按2。", "q3.c:",
    ),
}  # fmt: skip

WORDS = {**HEARERS, **KEYS, **OFFERED, **TONGUES, **TONE, **ASKING}
