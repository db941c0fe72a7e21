"""Open the standard streams if they are missing.

A process may be started without them. The next file it opens, perhaps the database, would get their number, and
printed text would be written into it.
"""

from __future__ import annotations

import os
import sys


def have_standard_streams() -> None:
    """Open the null device in place of a missing standard input, output or error stream."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # The system hands out the lowest free number, and the numbers before this one are taken by now.
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", closefd=False)
