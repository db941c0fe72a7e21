"""Simulated agents of the bank: they take calls for its customers, or do not. They act only on what they hear."""

from __future__ import annotations

import random
import re

from wakeup.simulator.conference import MET
from wakeup.simulator.line import Line, Verdict
from wakeup.simulator.profiles import Profile

ACCEPTS, IGNORES, VOICEMAIL, HANGS_UP = "accepts", "ignores", "voicemail", "hangs_up"
_TAKES_IT = re.compile(r"接听请?按\s*(\d)|to take (?:it|the call),? press (\d)", re.IGNORECASE)
HALF_WAY_S = 5.0


async def takes_call(line: Line, reaction_s: float) -> bool:
    """Press the key that takes the call as soon as it is announced. Returns False if it never is."""
    while not line.finished:
        found = _TAKES_IT.search(" ".join(line.transcript))
        if found is not None and line.gather is not None:
            await line.clock.sleep(reaction_s)
            line.press(found[1] or found[2])
            return True
        await line.wait_changed()
    return False


class Colleague:
    """One agent during one call. `profile.agent` says what they do, `profile.talk` how long they talk."""

    def __init__(self, profile: Profile, dice: random.Random) -> None:
        self.profile = profile
        self._dice = dice

    def network(self) -> str:
        return "rings"

    def detected(self, mode: str) -> Verdict:  # noqa: ARG002 - the name is the protocol's
        machine = self.profile.agent == VOICEMAIL
        return Verdict(answered_by="machine_end_beep" if machine else "human", seconds=self._dice.uniform(2.5, 5.0))

    async def at_phone(self, line: Line) -> None:
        await line.clock.sleep(self._dice.uniform(*self.profile.ring))
        if line.over or self.profile.agent == IGNORES:
            return
        line.answer()
        if self.profile.agent == VOICEMAIL:
            # The voicemail records whatever is said, until nothing is.
            while not line.finished:
                await line.wait_changed()
            return
        if await self._takes_it(line):
            await self._talks(line)

    async def _takes_it(self, line: Line) -> bool:
        return await takes_call(line, self._dice.uniform(*self.profile.reaction))

    async def _talks(self, line: Line) -> None:
        while not line.finished and MET not in line.transcript:
            await line.wait_changed()
        half_way = self.profile.agent == HANGS_UP
        await line.clock.sleep(HALF_WAY_S if half_way else self._dice.uniform(*self.profile.talk))
        if not line.finished:
            line.hang_up()
