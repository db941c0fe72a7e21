"""The outermost error handling of the program: a wrong path or database is reported in one line.

Exit code 2 means that nothing could be examined, in contrast to faults that were found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

INTERRUPTED = 130
"""The exit code a shell gives a process that Ctrl-C ended."""


def want_text(arguments: Sequence[str]) -> None:
    """End the process at an argument that is not UTF-8: none could be stored, and most could not even be shown."""
    for number, argument in enumerate(arguments, 1):
        if not argument.isascii() and any("\ud800" <= letter <= "\udfff" for letter in argument):
            from wakeup.cli.commands.shared import fail

            fail(f"argument {number} is not UTF-8")


@contextmanager
def told_at_the_edge() -> Iterator[None]:
    """End the process with one line when a command fails because of a file or a database, and with none on Ctrl-C
    before the command handles it.

    Any other error is a bug of ours and keeps its traceback.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        from wakeup.cli.commands.shared import fail

        line = _of_file(error) if isinstance(error, OSError) else _of_database(error)
        if line is None:
            raise
        fail(line)


def _of_file(error: OSError) -> str | None:
    if error.strerror is None:
        return None
    line = error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    if isinstance(error, PermissionError):
        return f"{line}; give this user the permission, or use another folder"
    if isinstance(error, IsADirectoryError):
        return f"{line}; give a file"
    if isinstance(error, NotADirectoryError | FileExistsError):
        return f"{line}; give a folder"
    return line


def _of_database(error: Exception) -> str | None:
    from wakeup.cli.commands.shared import environment
    from wakeup.domain.errors import ConfigError
    from wakeup.runtime.settings.settings import load_settings
    from wakeup.storage.address import shown_address
    from wakeup.storage.unreachable import unreachable_reason

    why = unreachable_reason(error)
    if why is None:
        return None
    try:
        address = f" {shown_address(load_settings(environment()).database_url.get_secret_value())}"
    except ConfigError:
        address = ""
    return f"WAKEUP_DATABASE_URL{address}: {why}"
