"""Every sentence and word the console may show, collected from templates, tables and enums."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir

from tests.console.timeline_words import acts, agent_nodes, reasons
from tests.house.tree import ROOT
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.agent import AgentState, Skill
from wakeup.domain.attempt import AttemptState
from wakeup.domain.bulk import BulkState
from wakeup.domain.case import CaseState
from wakeup.domain.confirmation import ConfirmationState, GuardianAnswer
from wakeup.domain.decision import Effect, Ruling
from wakeup.domain.label import Truth
from wakeup.domain.listening import ListenMode
from wakeup.domain.outcome import Contact, Disposition, Outcome
from wakeup.domain.party import Role
from wakeup.domain.policy import Policy
from wakeup.domain.review import Act, ApprovalState, Reason
from wakeup.domain.rung import RungKind
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.staff import StaffRole
from wakeup.domain.to_do import Urgency
from wakeup.domain.transfer import Tier, TransferState
from wakeup.ivr.turn import AnsweredBy, ConferenceStatus, TransferResult
from wakeup.storage.demo_mark import DEMO
from wakeup.usecases.desk import reach_out
from wakeup.usecases.desk.agent_outcome import FOUND_OUT
from wakeup.usecases.figures.case_figures import Figure
from wakeup.usecases.figures.channel_figures import Touch
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.do_not_call import Why
from wakeup.web.console import access, bulk, case, coaching, desk, heard, sentences, sign_in, sso
from wakeup.web.console.forms import NO_AMOUNT, NO_NUMBER
from wakeup.web.console.meanings import MEANINGS

CONSOLE = ROOT / "wakeup" / "web" / "console"
USECASES = ROOT / "wakeup" / "usecases"
REFUSERS = (
    "agents",
    "agent_desk",
    "listen_in",
    "hand_on",
    "bring_guardian",
    "agent_outcome",
    "bulk_release",
    "second_factor",
    "single_sign_on",
    "contest",
    "do_not_call",
    "pause_script",
    "reach_out",
    "review",
    "overrule",
    "board",
    "sign_in",
    "pacing",
    "deliver",
)
VOCABULARIES: dict[str, type[StrEnum]] = {
    "label": Truth,
    "tier": Tier, "transfer": TransferState, "case": CaseState, "attempt": AttemptState, "ruling": Ruling,
    "effect": Effect, "contact": Contact, "disposition": Disposition, "outcome": Outcome, "party": Role,
    "role": StaffRole, "review_act": Act, "review_reason": Reason, "bulk": BulkState, "urgency": Urgency, "figure": Figure, "figure_means": Figure,
    "channel": Channel, "do_not_call": Why, "agent": AgentState, "skill": Skill, "way": ListenMode, "touch": Touch, "confirmation": ConfirmationState, "answer": GuardianAnswer, "sms": SmsState, "sms_kind": SmsKind,
    "rung": RungKind, "answered_by": AnsweredBy,
}  # fmt: skip
TOLD_OTHERWISE = ("stop", "carrier")
"""Reasons why a number is on the list that no person entered there."""
DECIDED_BECAUSE = (
    "standing", "nobody_reached", "hold_max_reached", "window_closed", "release_guarded", "consistent_not_proven",
    "above_limit", "person_releases", "app_confirmation_missing", "cooling", "in_talk", "consistent",
    "held_by_person", "released_by_person", "window_extended", "called_back", "restored",
)  # fmt: skip


@cache
def in_templates() -> tuple[str, ...]:
    found = extract_from_dir(
        str(CONSOLE / "templates"), [("**.html", "jinja2")], {"**.html": {"trim_blocks": "true"}}, strip_comment_tags=True
    )  # fmt: skip
    return tuple(message if isinstance(message, str) else message[0] for _, _, message, _, _ in found)


def refusals(path: Path) -> Iterator[str]:
    """The texts of ConflictError and Refusal, shown beside a field or on a page."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"ConflictError", "Refusal"}:
            last = node.args[1] if len(node.args) > 1 else None
            if isinstance(last, ast.Constant) and isinstance(last.value, str):
                yield last.value


def admin_kinds() -> Iterator[str]:
    """Every kind of note in the log of administration."""
    for path in USECASES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "unit.admin.add":
                kind = node.args[0]
                ways = [kind.body, kind.orelse] if isinstance(kind, ast.IfExp) else [kind]
                yield from (str(way.value) for way in ways if isinstance(way, ast.Constant))


@cache
def wanted() -> frozenset[str]:
    words = set(in_templates())
    words |= (
        {*sentences.KINDS.values(), sentences.UNSCORED}
        | set(sentences.BY.values())
        | set(case.SAID.values())
        | set(case.LAPSED.values())
        | set(bulk.SAID.values())
        | set(coaching.NEVER)
        | {desk.UNHEARD, *desk.STILL.values()}
        | set(heard.SAID.values())
    )
    words |= {
        sso.UNKNOWN,
        sso.BROKEN,
        sign_in.WRONG,
        sign_in.WRONG_CODE,
        sign_in.SLOW,
        sign_in.NOT_YET,
        access.OUT_OF_DATE,
        NO_AMOUNT,
        NO_NUMBER,
    }
    words |= {"your role does not have the right to do that", access.STORE_DOWN}
    words |= {
        "Not Found",
        "Method Not Allowed",
        "Forbidden",
        "Conflict",
        "Service Unavailable",
        "Internal Server Error",
        access.OUR_FAULT,
    }
    for path in USECASES.rglob("*.py"):
        if path.stem in REFUSERS:
            words |= set(refusals(path))
    for path in CONSOLE.glob("*.py"):
        words |= set(refusals(path))
    words |= {f"{kind}:{word}" for kind, enum in VOCABULARIES.items() for word in enum}
    words |= {f"typology:{code}" for code in TYPOLOGIES}
    words |= {f"reason:{word}" for word in (*DECIDED_BECAUSE, *Outcome, *Reason)}
    words |= {f"state:{word}" for word in (*TransferState, *CaseState, *ApprovalState, *Tier)}
    words |= {
        *reach_out.NO_CALL.values(),
        *reach_out.NO_TEXT.values(),
        reach_out.ELSE,
        reach_out.NO_CALL_ELSE,
        "reason:taken_over",
    }
    words |= {f"reason:{word}" for word in reasons()} | {f"act:{word}" for word in acts()}
    words |= {f"how:{word}" for word in (*TransferResult, *ConferenceStatus)} | {
        f"agent_node:{word}" for word in agent_nodes()
    }
    words |= {f"do_not_call:{word}" for word in TOLD_OTHERWISE} | {"answer:nothing", Policy().hold_basis}
    words |= {f"admin:{kind}" for kind in (*admin_kinds(), DEMO)}
    words |= {
        f"left_out:{word}"
        for word in ("not_held", "critical", "guarded", "warned", "in_hand", "in_talk", "wanted", "changed")
    }
    words |= {f"outcome_means:{word}" for word in FOUND_OUT}
    words |= {"stopped:paused_by_supervisor"}
    words |= {word for word in MEANINGS if word.startswith(("node:", "choice:"))}
    return frozenset(words)
