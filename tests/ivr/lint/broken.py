"""Scripts broken on purpose: each is a small edit to a good one, with the rule and the line that must be reported."""

from __future__ import annotations

from dataclasses import dataclass

SCRIPT = "romance/script.yaml"
EN, ZH = "romance/prompts.en.yaml", "romance/prompts.zh-CN.yaml"
OPENING, OPENING_EN, OPENING_ZH = (
    f"shared/opening/{file}" for file in ("subscript.yaml", "prompts.en.yaml", "prompts.zh-CN.yaml")
)
TALK, TALK_EN, TALK_ZH = (f"shared/talk/{file}" for file in ("subscript.yaml", "prompts.en.yaml", "prompts.zh-CN.yaml"))
WAYS, WAYS_EN = "shared/ways_out/subscript.yaml", "shared/ways_out/prompts.en.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A broken script. `edits` are (file, old text, new text)."""

    rule: str
    edits: tuple[tuple[str, str, str], ...]
    stands: tuple[str, str]
    """The file of the finding, and how its line begins."""
    why: str = ""
    """Part of the reason, for a rule that has several."""
    warning: bool = False


def broken(rule: str, file: str, old: str, new: str, stands: str, why: str = "", *, at: str = "") -> Broken:
    """One edit. The finding is in the same file, or in `at`."""
    return Broken(rule=rule, edits=((file, old, new),), stands=(at or file, stands), why=why)


def warned(rule: str, file: str, old: str, new: str, stands: str) -> Broken:
    return Broken(rule=rule, edits=((file, old, new),), stands=(file, stands), warning=True)


def line_instead(rule: str, file: str, prompt: str, words: str, why: str = "") -> Broken:
    """Replace the words of a prompt."""
    return broken(rule, file, f"{prompt}: ", f'{prompt}: "{words}" # ', f"{prompt}:", why)


def node(text: str) -> tuple[str, str, str]:
    """One more node, to which `story` leads."""
    return SCRIPT, "  story: {type: branch, cases: [{when: {safe: q1}, to: plain_2}], otherwise: q2}", text


def _listens(rule: str, listener: str, words: str) -> Broken:
    """`story` listens for more than a key, and says these words first."""
    edits = (
        node(f"  story: {listener}"),
        (EN, "lead:", f'more.said: "{words}"\nlead:'),
        (ZH, "lead:", 'more.said: "请您说说，会录音。"\nlead:'),
    )
    return Broken(rule=rule, edits=edits, stands=(EN, "more.said:"))


LOADED = {
    "an exit to nowhere": broken("dangling", SCRIPT, "otherwise: q2}", "otherwise: q22}", "  story:"),
    "a node nobody comes to": broken("unreachable", SCRIPT, "nodes:\n", "nodes:\n  lost: {type: hangup}\n", "  lost:"),
    "a way without an end": broken(
        "no-end", TALK, "end_persists: {type: hangup, prompts: [end.persists]}",
        "end_persists: {type: say, prompts: [end.persists], to: persists}", "  end_persists:",
    ),
    "a loop that never listens": broken(
        "silent-loop", TALK, "end_persists: {type: hangup, prompts: [end.persists]}",
        "end_persists: {type: say, prompts: [end.persists], to: persists}", "  persists:",
    ),
    "a key of the whole script used again": broken(
        "key-clash", TALK, 'keys: {"1": dissuaded, "2": keep_hold, "3": family_later}',
        'keys: {"1": dissuaded, "2": keep_hold, "9": family_later}', '    keys: {"1": dissuaded',
    ),
    "an answering machine that is asked": broken(
        "machine", OPENING, "unknown: opening, machine: machine", "unknown: opening, machine: opening", "entry:",
    ),
    "an error that goes on talking": broken("safe-end", WAYS, "error: end_error", "error: agent", "on:"),
    "a release past the score": broken(
        "live-proof", TALK, "    undecided: undecided\n", "    undecided: consistent\n", "  verdict:",
    ),
    "a constant no that looks harmless": broken(
        "polarity", SCRIPT, '{prompt: q1.b, risk: "no"}', '{prompt: q1.b, risk: "yes"}', "  q1:",
    ),
    "a prompt that is not there": broken("words", EN, "choice:", "#choice:", "# Written", "choice: is missing"),
    "a prompt never said": broken("words", EN, "choice:", "choise:", "choise:", "is never said"),
    "a loop in the words": line_instead("template", EN, "lead", "{% for a in b %}Hello{% endfor %}"),
    "a filter we have not": line_instead("template", EN, "lead", "Hello {{ bank_name | upper }}", "filter"),
    "a variable nobody declared": line_instead("variable", EN, "lead", "Thank you {{ nobody }} for waiting."),
    "the amount said to anybody": broken(
        "privacy", OPENING_EN, 'opening: "Hello, ', 'opening: "Hello {{ amount_spoken }}, ', "opening:",
    ),
    "the amount said to somebody who turned out to be another": Broken(
        rule="privacy",
        edits=(
            (TALK, "outcome: persists,", "outcome: persists, contact: third_party,"),
            (EN, 'end.persists: "', 'end.persists: "{{ amount_spoken }}. '),
        ),
        stands=(EN, "end.persists:"),
    ),
    "a prompt too long for one voice": line_instead("too-long", ZH, "choice", "您好" * 201),
    "a language without a voice": broken(
        "form", SCRIPT, "  en: {voice: Polly.Joanna-Neural, rate: 92%, slow_rate: 82%}\n", "", "voices:", "is missing",
    ),
    "shares that make ninety": Broken(
        rule="form",
        edits=(node('  story: {type: split, ways: [{share: "40", to: plain_2}, {share: "50", to: q2}]}'),),
        stands=(SCRIPT, "  story:"),
        why="add up to 100",
    ),
    "personas that leave customers out": broken(
        "form", OPENING, 'share: "50"\n    title: The plain', 'share: "40"\n    title: The plain', "personas:",
    ),
    "a subscript of another version": broken("subscript", SCRIPT, 'talk: "', 'talk: "0', "subscripts:", "pinned"),
    "a subscript that is not there": broken("subscript", SCRIPT, "distress:", "distresses:", "subscripts:", "does not exist"),
    "a name twice": broken("yaml", SCRIPT, "title:", "version:", "version: Rom", "appears twice"),
    "an alias": broken("yaml", EN, "lead: ", "lead: &x ", "lead:", "aliases"),
    "a folder of another name": broken("form", SCRIPT, "id: romance", "id: romances", "id:", "name of the folder"),
    "an unknown field": broken("form", SCRIPT, "    to: q3\n", "    to: q3\n    color: red\n", "    color:"),
    "a menu without a way out of silence": broken("form", WAYS, "on: {silent: no_input, ", "on: {", "on:", "silent"),
    "a switch to a language it does not speak": Broken(
        rule="language",
        edits=(node("  story: {type: language, language: fr, to: switched}\n  switched: {type: branch, cases: [{when: {safe: q1}, to: plain_2}], otherwise: q2}"),),
        stands=(SCRIPT, "  story:"),
    ),
}  # fmt: skip

WAYS_THROUGH = {
    "a word that takes protection off": broken(
        "spoken-claim", TALK, "genuine: family_later", "genuine: claim", "    words: {cancel: dissuaded, keep: keep_hold, genuine:",
    ),
    "silence that frees the money": broken(
        "live-person", WAYS, "on: {silent: no_input", "on: {silent: verdict", "  consistent:", at=TALK,
    ),
    "questions passed in silence that free the money": Broken(
        rule="live-person",
        edits=(
            (OPENING, "entry: {human: opening", "entry: {human: q1"),
            (TALK, "reprompts: [closing.again, closing.last]\n", "reprompts: [closing.again, closing.last]\n    silent: verdict\n"),
        ),
        stands=(TALK, "  consistent:"),
    ),
    "a recording that frees the money": broken(
        "live-person", OPENING, "contact: voicemail, to: machine", "contact: voicemail, to: verdict", "  consistent:", at=TALK,
    ),
    "a release to whoever it is": broken(
        "proof", OPENING, "right_party: {type: decide, contact: right_party,", "right_party: {type: set, flag: known,",
        "  consistent:", "right_party", at=TALK,
    ),
    "a release of a payment not named": broken(
        "proof", TALK, "flag: transfer_named", "flag: named", "  consistent:", "transfer_named",
    ),
    "a release nobody asked for": broken(
        "proof", TALK, "flag: claims_genuine", "flag: claims", "  consistent:", "claims_genuine",
    ),
    "silence that says who one is": broken(
        "silence", OPENING, "    reprompts: [party.again, party.last]\n",
        "    reprompts: [party.again, party.last]\n    silent: right_party\n", "    silent:",
    ),
    "confusion that names the payment": broken(
        "silence", TALK, "    reprompts: [own.again, own.again]\n",
        "    reprompts: [own.again, own.again]\n    unclear: named\n", "    unclear:",
    ),
    "silence that goes round": broken("loop", TALK, "    silent: contradicted\n", "    silent: insist\n", "  insist:", "silence"),
    "confusion that goes round": broken(
        "loop", TALK, "    unclear: contradicted\n", "    unclear: insist\n", "  insist:", "confusion",
    ),
    "answers that only lead round": Broken(
        rule="loop",
        edits=(
            (OPENING, 'keys: {"1": end_third_party, "2": wrong_number}\n    words: {absent: end_third_party, relative: end_third_party, wrong_number: wrong_number}',
             'keys: {"1": third, "2": third}\n    words: {absent: third}'),
        ),
        stands=(OPENING, "  third:"),
        why="whatever is answered",
    ),
    "more steps than a call has": broken(
        "steps", OPENING, "[code.again, code.last]", f"[{', '.join(['code.again'] * 50)}, code.last]", "nodes:", at=SCRIPT,
    ),
    "a split that compares nothing": Broken(
        rule="split",
        edits=(
            node('  story: {type: split, ways: [{share: "50", to: plain_2}, {share: "20", to: q2}, {share: "30", to: q2}]}'),
        ),
        stands=(SCRIPT, "  story:"),
        warning=True,
    ),
}  # fmt: skip

TO_A_PERSON = (
    "{type: transfer, prompts: [lead], whisper: more.said, talked: q2, busy: q2, no_answer: q2, declined: q2, failed: q2,"
    " nobody_ready: plain_2}"
)
LISTENERS = {
    "a colleague who is not told the key": _listens("keys", TO_A_PERSON, "A customer waits."),
    "a colleague who is told another key": _listens("keys", TO_A_PERSON, "A customer waits. To take the call, press 2."),
    "a colleague who hears the amount": _listens(
        "privacy", TO_A_PERSON, "About {{ amount_spoken }}. To take the call, press 1.",
    ),
    "a colleague who leaves a way open": broken(
        "form", WAYS, "    declined: appointment\n", "", "  person:", "declined: is missing",
    ),
    "digits of a card": _listens(
        "asking", '{type: collect, prompts: [more.said], reprompts: [own.again], most: "12", filled: plain_2}',
        "Please key in the digits on your card.",
    ),
    "a code that is keyed in": _listens(
        "asking", '{type: collect, prompts: [more.said], reprompts: [own.again], most: "6", filled: plain_2}',
        "Somebody sent you a code by text. Please enter it now.",
    ),
    "a message nobody says is recorded": _listens(
        "recorded", "{type: record, prompts: [more.said], done: plain_2, silent: q2, failed: q2}",
        "Please tell us what happened, in your own words.",
    ),
    "a condition on what cannot be given": Broken(
        rule="condition",
        edits=(node("  story: {type: branch, cases: [{when: {filled: weigh}, to: plain_2}], otherwise: q2}"),),
        stands=(SCRIPT, "  story:"),
        why="takes no answer",
    ),
    "silence that says it is their payment": Broken(
        rule="silence",
        edits=(
            node("  story: {type: speech, prompts: [lead], reprompts: [lead], heard: plain_2, silent: claim, unclear: q2}"),
        ),
        stands=(SCRIPT, "  story:"),
    ),
}  # fmt: skip

COMPANY = {
    "company for whoever says nothing": broken(
        "consent", TALK, """keys: {"1": kept, "2": persists, "3": company}
    words: {cancel: dissuaded, keep: kept, genuine: persists, busy: persists}
    silent: contradicted""", """keys: {"1": kept, "2": persists, "3": company}
    words: {cancel: dissuaded, keep: kept, genuine: persists, busy: persists}
    silent: company""", "  insist_together:",
    ),
    "company by a word that may be misheard": broken(
        "consent", TALK, """keys: {"1": kept, "2": persists, "3": company}
    words: {cancel: dissuaded, keep: kept, genuine: persists, busy: persists}""", """keys: {"1": kept, "2": persists, "3": company}
    words: {cancel: dissuaded, keep: company, genuine: persists, busy: persists}""", "  insist_together:",
    ),
    "company for anybody who picks up": broken(
        "company", OPENING, 'keys: {"1": end_third_party, "2": wrong_number}',
        'keys: {"1": company, "2": wrong_number}', "  company:", at=TALK,
    ),
    "company that is not told of the recording": broken(
        "recorded", TALK_EN, "{% else %}Your conversation will be recorded{% endif %}", "{% endif %}",
        "company.joining:", "is recorded",
    ),
    "company nobody knows how to leave": broken(
        "keys", TALK_EN, "To come back to me, press star.", "Just come back to me.", "company.joining:", "star key",
    ),
    "a waiting nobody knows how to end": broken(
        "keys", TALK_EN, "Please stay on. To stop waiting, press 2.", "Please stay on.", "company.wait:",
        "ends the waiting",
    ),
    "a recording nobody made": broken(
        "recording", TALK, "predict_light: {type: say,", "predict_light: {type: play,", "predict.light:", at=EN,
    ),
    "a reason that is a story": broken(
        "form", TALK, "outcome: persists, to: end_persists}", "outcome: persists, reason: They said so, to: end_persists}",
        "  persists:", "lower-case letters",
    ),
    "words for somebody who has hung up": broken(
        "hung-up", WAYS, "on: {silent: no_input,", "on: {hung_up: cannot_talk, silent: no_input,", "on:",
    ),
    "a room that is spoken": line_instead("spoken", EN, "lead", "Thank you, we meet in {{ room }} in a moment."),
    "a sentence of another language": line_instead(
        "language", ZH, "lead", "谢谢您，please take a moment and tell us how this payment came about，再说。", "can switch",
    ),
}  # fmt: skip

VARIABLES = {
    "a payee anybody may hear": broken(
        "personal", TALK, "payee_masked: {type: text, heard_by: right_party,",
        "payee_masked: {type: text, heard_by: anyone,", "  payee_masked:",
    ),
    "a variable nobody gives": Broken(
        rule="not-given",
        edits=((SCRIPT, "nodes:\n", "variables: {mood: {type: text, heard_by: anyone}}\nnodes:\n"),),
        stands=(SCRIPT, "variables:"),
        why="no call would be made",
    ),
    "a flag called text": broken("not-given", TALK, "settled: {type: flag,", "settled: {type: text,", "  settled:", "provided as flag"),
    "a code that must be there": broken(
        "not-given", OPENING, 'required: "no", sample: "4082"', 'sample: "4082"', "  call_code:", "not provided in every call",
    ),
    "a variable never used": warned(
        "unused", SCRIPT, "nodes:\n", "variables: {credit_bureau: {type: text, heard_by: anyone}}\nnodes:\n", "variables:",
    ),
    "a gap where the hour should be": line_instead(
        "missing", WAYS_EN, "end.agent", "No colleague is free now. We will call you back {{ callback_time }}. Goodbye.",
    ),
    "a code read out that is not there": line_instead(
        "missing", OPENING_EN, "identity.again", "{{ call_code | digits }}. To go on now, press 1. To check first, press 2.",
    ),
    "a code said as a number": line_instead(
        "spoken", OPENING_EN, "code.last", "One last time: {{ call_code }}. If it matches, press 1. If it differs, press 2.",
    ),
    "a name spelt out": line_instead("spoken", EN, "lead", "Thank you for calling {{ bank_name | digits }}."),
    "a yes or no said aloud": broken(
        "spoken", TALK_EN, "{% if settled %}It is", "{{ settled }} {% if settled %}It is", "payment.notice:",
    ),
    "a condition on nothing": broken(
        "condition", OPENING, "variable: call_code}", "variable: call_coda}", "    cases: [{when: {variable: call_", "not declared",
    ),
    "a flag nothing sets": broken(
        "condition", OPENING, "{variable: call_code}", "{flag: has_code}", "    cases: [{when: {flag", "never set",
    ),
    "a question that is none": broken("condition", SCRIPT, "{safe: q1}", "{safe: weigh}", "  story:", "not a question"),
}  # fmt: skip

LENGTHS = {
    "three answers at once for who needs time": broken(
        "steps-for-all", TALK, "    steps: [own.step, own.unsure]\n", "", "own.ask:", at=TALK_EN,
    ),
    "a step that leaves a key out": broken(
        "keys", TALK, "    steps: [own.step, own.unsure]\n", "    steps: [own.step]\n", "own.step:", "does not mention key 3", at=TALK_EN,
    ),
    "a prompt too long once it is filled in": line_instead(
        "say-limit", ZH, "choice", "好" * 190 + "{{ bank_name }}" * 2, "fit in one Say",
    ),
    "a turn too long for one document": broken(
        "turn-limit", SCRIPT, "before: [lead, questions.intro]", f"before: [{', '.join(['lead'] * 480)}, questions.intro]",
        "  named:", "64000", at=TALK,
    ),
    "keys that come too late": broken(
        "turn-time", EN, 'predict.firm: "', 'predict.firm: "' + "They will say that it is urgent. " * 4, "  closing:", "before its keys", at=TALK,
    ),
    "a question that comes too late": broken(
        "turn-time", ZH, 'lead: "', 'lead: "' + "我们慢慢说，不用着急。" * 4, "  q1:", "before its keys", at=SCRIPT,
    ),
    "a prompt nobody can keep in mind": line_instead("breath", EN, "insist.say", "We understand you well. " * 16),
    "a call longer than five minutes": broken(
        "call-length", SCRIPT, "before: [lead, questions.intro]", f"before: [{', '.join(['lead'] * 12)}, questions.intro]", "nodes:",
    ),
    "a call longer than its script allows": broken(
        "call-length", SCRIPT, "nodes:\n", 'limits: {call_s: "400"}\nnodes:\n', "nodes:", "asked twice",
    ),
    "one language that says much more": Broken(
        rule="lopsided",
        edits=((ZH, 'insist.say: "', 'insist.say: "' + "我们可以再慢慢想一想，不用着急。" * 3),),
        stands=(ZH, "insist.say:"),
        warning=True,
    ),
}  # fmt: skip
