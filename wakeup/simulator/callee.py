"""Simulated callees: they pick up, listen, understand and press keys, as their profile says. They never see TwiML."""

from __future__ import annotations

import asyncio
import random
import re

from wakeup.simulator.colleague import Colleague
from wakeup.simulator.line import Line, Person, Verdict
from wakeup.simulator.profiles import Profile, Register
from wakeup.simulator.questions import Question
from wakeup.simulator.understanding import Choice, Meaning, reply_to_text, understand

CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SPOKEN = {
    Choice.YES: ("是的", "Yes"),
    Choice.NO: ("不是", "No"),
    Choice.UNSURE: ("我不清楚", "I am not sure"),
}
_ALWAYS = {Choice.AGAIN: "9", Choice.AGENT: "0", Choice.CANNOT_TALK: "5", Choice.UNSURE: "3"}
"""Keys that mean the same throughout a call, announced once at its start."""


class Population:
    """All callees behind the numbers of one simulation."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.register = Register(seed)

    def refusal(self, number: str) -> int:
        return self.register.profile(number).refusal

    def no_text(self, number: str) -> int:
        return self.register.profile(number).no_text

    def text_reply(self, number: str, body: str) -> str:
        wish = self.register.profile(number).text_reply
        return reply_to_text(wish, body) if wish else ""

    def seconds_to_reply(self, number: str) -> float:
        return random.Random(f"{self.seed}/text/{number}").uniform(*self.register.profile(number).reply_after)  # noqa: S311

    def person(self, number: str, earlier_calls: int) -> Person:
        dice = random.Random(f"{self.seed}/{number}/{earlier_calls}")  # noqa: S311
        profile = self.register.profile(number)
        return Colleague(profile, dice) if profile.agent else Callee(profile, dice, earlier_calls)


class Callee:
    """One human (or machine) during one call."""

    def __init__(self, profile: Profile, dice: random.Random, earlier_calls: int = 0) -> None:
        self.profile = profile
        self._dice = dice
        self._fate = profile.first_calls[earlier_calls] if earlier_calls < len(profile.first_calls) else profile.line
        self._question: Question | None = None
        self._again = profile.repeats
        self._silences = 0
        self._greeted = not any(profile.greets)
        self._spoken = not any(profile.words)

    def network(self) -> str:
        return self._fate if self._fate in {"busy", "failed"} else "rings"

    def detected(self, mode: str) -> Verdict:
        verdict = self.profile.verdict
        if not verdict.startswith("machine"):
            return Verdict(answered_by=verdict, seconds=self._dice.uniform(2.5, 5.0))
        if mode == "Enable":
            return Verdict(answered_by="machine_start", seconds=self._dice.uniform(3.0, 5.0))
        return Verdict(answered_by=verdict, seconds=self._dice.uniform(7.0, 14.0))

    async def at_phone(self, line: Line) -> None:
        await line.clock.sleep(self._dice.uniform(*self.profile.ring))
        if line.over or self._fate == "no_answer":
            return
        if self._fate == "rejects":
            line.refuse("rejected")
            return
        line.answer()
        hang_up_at = line.clock.loop_seconds(self.profile.patience) + _loop_time()
        while not line.finished:
            heard_from, asked = len(line.transcript), line.gathers
            if not await self._wait(line, asked, hang_up_at):
                return
            await self._react(line, line.transcript[heard_from:])
            await self._wait_taken(line, hang_up_at)

    async def _wait(self, line: Line, asked: int, hang_up_at: float) -> bool:
        """Wait until a question can be answered. Returns False if the call is over or the callee's patience is."""
        hasty = bool(self.profile.same_key)
        while not line.over:
            ready = line.gather is not None if hasty else line.listened
            if ready and (line.gathers > asked or line.gather is not None):
                return True
            if not await self._patient(line, hang_up_at):
                return False
        return False

    async def _wait_taken(self, line: Line, hang_up_at: float) -> None:
        gathers = line.gathers
        while not line.over and line.gather is not None and line.gathers == gathers:
            if not await self._patient(line, hang_up_at):
                return

    async def _patient(self, line: Line, hang_up_at: float) -> bool:
        left = (hang_up_at - _loop_time()) / line.clock.loop_seconds(1.0)
        if left <= 0:
            line.hang_up()
            return False
        await line.wait_changed(left)
        return True

    async def _react(self, line: Line, heard: list[str]) -> None:
        if self.profile.silent:
            return
        await line.clock.sleep(self._dice.uniform(*self.profile.reaction))
        if line.over or line.gather is None:
            return
        keys, words = self._act(line, " ".join(heard))
        if words and "speech" in line.gather.inputs:
            line.say(words)
        elif keys and "dtmf" in line.gather.inputs:
            line.press(keys)

    def _act(self, line: Line, heard: str) -> tuple[str, str]:
        """Return a key, and words for callees who prefer to speak."""
        chinese = CHINESE.search(heard) is not None
        if not self._greeted:
            self._greeted = True
            return "", self.profile.greets[0 if chinese else 1]
        if any(self.profile.greets):
            return "", ""
        if self.profile.same_key:
            return self.profile.same_key, ""
        meaning = understand(heard)
        self._question = meaning.question or self._question
        if not self._spoken and Choice.YES in meaning.options:
            self._spoken = True
            return "0", self.profile.words[0 if chinese else 1]
        choice = self._choose(meaning)
        if choice is None:
            return self._lost(line), ""
        key = meaning.options.get(choice) or _ALWAYS.get(choice, "")
        spoken = _SPOKEN.get(choice, ("", ""))[0 if chinese else 1] if self.profile.speaks else ""
        return key, spoken

    def _choose(self, meaning: Meaning) -> Choice | None:
        if Choice.YES in meaning.options:
            return self._answer()
        return next((choice for choice in self.profile.wants if choice in meaning.options), None)

    def _answer(self) -> Choice:
        profile = self.profile
        wanted = {Choice.AGENT, Choice.CANNOT_TALK} & set(profile.wants)
        if wanted:
            return wanted.pop()
        if self._again:
            self._again -= 1
            return Choice.AGAIN
        if profile.unsure or self._question is None:
            return Choice.UNSURE
        risk = profile.controlled if self._question.topic == "control" else profile.risky
        return Choice.YES if risk is self._question.yes_is_risk else Choice.NO

    def _lost(self, line: Line) -> str:
        """Handle a prompt that offers nothing fitting: be silent once, then press key 3."""
        self._silences += 1
        return "" if self._silences % 2 or line.over else "3"


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
