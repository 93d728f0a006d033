"""What a server says of what it does: one JSON object a line, or words on a terminal."""

from __future__ import annotations

import logging
import os
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor


def set_up_logs(stream: TextIO | None = None, *, as_json: bool | None = None) -> None:
    """Send everything that is logged, by libraries too, to one stream in one form.

    Parameters
    ----------
    stream
        Where to (default: standard error).
    as_json
        Whether as JSON; by default unless the stream is a terminal.
    """
    out = sys.stderr if stream is None else stream
    wants_json = not out.isatty() if as_json is None else as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_process,
        _one_line,
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    shown: Processor = (
        structlog.processors.JSONRenderer()
        if wants_json
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, shown],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True
    # The server's own line for a request says more.
    logging.getLogger("uvicorn.access").disabled = True
    for name in ("httpx", "httpcore"):
        # It would write down addresses with a provider's codes.
        logging.getLogger(name).setLevel(logging.WARNING)


def _with_process(_logger: object, _method: str, event: EventDict) -> EventDict:
    event["pid"] = os.getpid()
    return event


def _one_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Keep what strangers send from looking like lines of the log."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception" and not value.isprintable():
            event[key] = value.encode("unicode_escape").decode("ascii")
    return event
