"""Set up logging: one event per line, as JSON or for people, masked last.

Other modules get their logger from structlog; only this one configures it.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NoReturn, TextIO

import structlog

from wakeup.runtime.logs.masking import mask_event
from wakeup.runtime.logs.sink import Sink
from wakeup.runtime.settings.types import LogFormat, LogLevel

LIBRARIES = ("aiohttp", "alembic", "apscheduler", "asyncio", "sqlalchemy", "twilio", "urllib3")
"""Libraries that log their work at INFO, some with addresses and parameters: only their warnings are let through."""
_FAILED_LINE = '{"level":"error","event":"log_line_failed"}'


# A logger caches these two objects at its first line, which saves 6 us a line; so they stay and only their content
# changes.
_SINK = Sink()
_PROCESSORS: list[structlog.typing.Processor] = []


class _Handler(logging.Handler):
    """Pass the lines of libraries to the same sink."""

    def __init__(self, sink: Sink) -> None:
        super().__init__()
        self._sink = sink

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self._sink.write(self.format(record))
        except Exception:  # noqa: BLE001 - a library's broken log call must not break what it was doing
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Log that a line was lost. The library would print the arguments, unmasked."""
        self._sink.write(_FAILED_LINE[:-1] + f',"logger":{json.dumps(record.name)}}}')


def configure_logging(format: LogFormat | str, level: LogLevel | str, stream: TextIO) -> Sink:  # noqa: A002
    """Set up structlog and the standard library's logging. Returns the sink of the lines.

    May be called again, but a structlog logger that has already logged keeps its level.
    """
    threshold = logging.getLevelNamesMapping()[str(level).upper()]
    _SINK.stream = stream
    tail: list[structlog.typing.Processor] = [
        structlog.processors.format_exc_info,
        mask_event,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _renderer(LogFormat(format), stream),
    ]
    _PROCESSORS[:] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, *tail]
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=lambda *_: _SINK,
        cache_logger_on_first_use=True,
    )
    handler = _Handler(_SINK)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
            ],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *tail],
        )
    )
    _route(handler, threshold)
    return _SINK


def lines_lost() -> int:
    """Return how many log lines of this process could not be written."""
    return _SINK.lost


@contextmanager
def in_background() -> Iterator[None]:
    """Have a thread write the lines while the service runs. At the end wait briefly for those not yet written."""
    _SINK.in_background()
    try:
        yield
    finally:
        _SINK.finish()


def leave_at_once(code: int) -> NoReturn:
    """End the process after the lines not yet written, without waiting for its threads."""
    _SINK.finish()
    os._exit(code)


def log_uncaught() -> None:
    """Log uncaught exceptions of every thread as a masked line, instead of a traceback on stderr."""
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    structlog.get_logger().critical("uncaught_error", exc_info=(kind, error, trace))


def _route(handler: logging.Handler, threshold: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(threshold)
    for name in LIBRARIES:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(max(threshold, logging.WARNING))
    logging.captureWarnings(True)  # noqa: FBT003 - the library's signature


def _renderer(form: LogFormat, stream: TextIO) -> structlog.typing.Processor:
    match form:
        case LogFormat.JSON:
            # Escaped, so that neither the encoding of the stream nor a lone surrogate can stop a line.
            encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=str).encode
            return lambda _logger, _method, event: encode(_ordered(event))
        case LogFormat.CONSOLE:
            return _console(stream)


def _console(stream: TextIO) -> structlog.typing.Processor:
    pretty = structlog.dev.ConsoleRenderer(
        colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False
    )
    encoding = getattr(stream, "encoding", None) or "utf-8"

    def render(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        return pretty(logger, method, event).encode(encoding, "backslashreplace").decode(encoding)

    return render


def _ordered(event: MutableMapping[str, Any]) -> dict[str, Any]:
    moment, level, name = event.pop("timestamp"), event.pop("level"), event.pop("event")
    return {"timestamp": moment, "level": level, "event": name, **event}
