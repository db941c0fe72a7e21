"""Speak prompts with `espeak-ng` if it is installed. It never delays and never fails the call."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import suppress

from wakeup.ivr.turn import Turn

LONGEST_GOODBYE_S = 40
_PROGRAM = "espeak-ng"
_VOICES = {"zh": "cmn"}


class Sound:
    """Speaks one turn at a time; a new one cuts off the last one."""

    def __init__(self, program: str | None = None) -> None:
        self._program = program or shutil.which(_PROGRAM)
        self._speaking: subprocess.Popen[bytes] | None = None

    @property
    def note(self) -> str:
        """A note on whether there will be sound, and what to do if not."""
        if self._program is None:
            return f"No sound: {_PROGRAM} is not installed. The words are shown."
        return f"{_PROGRAM} speaks the words; the voices of real calls are better."

    def say(self, turn: Turn) -> None:
        self.hush()
        if self._program is None or not turn.utterances:
            return
        stem = turn.utterances[0].language.split("-")[0]
        words = " ".join(utterance.text for utterance in turn.utterances)
        command = [self._program, "-v", _VOICES.get(stem, stem), "--", words]
        nowhere = subprocess.DEVNULL
        try:
            self._speaking = subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere)  # noqa: S603
        except OSError:
            # Installed but not executable: from now on the prompts are only shown.
            self._program = None

    def hush(self) -> None:
        if self._speaking is not None:
            self._speaking.terminate()
            self._speaking.wait()
            self._speaking = None

    def finish(self) -> None:
        """Wait until the last words are spoken, but not for ever."""
        if self._speaking is not None:
            with suppress(subprocess.TimeoutExpired):
                self._speaking.wait(LONGEST_GOODBYE_S)
