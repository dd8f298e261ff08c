"""Where a process's log goes: standard error, one JSON object a line, what libraries say included."""

from __future__ import annotations

import logging
import sys
from types import TracebackType

from garrison.errors import OperatorError
from garrison.logs import LEVELS, JsonFormatter, get_logger

_TALKATIVE = ("pyiceberg", "sqlglot")
"""Libraries whose everyday words say nothing to an operator."""
_log = get_logger("garrison")


def configure_logs(level: str) -> None:
    """Log what is at least of this level; what ends the process is logged too."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=LEVELS[level], handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(LEVELS[level], logging.WARNING))
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, OperatorError):
        _log.error("process_failed", error=error.cause, remedy=error.remedy)
    elif not issubclass(kind, KeyboardInterrupt):
        _log.error("process_failed", exc_info=(kind, error, trace))
