"""The engines that match expressions in time linear in the value: hyperscan for nearly all, re2 for what hyperscan refuses.

Neither backtracks, so no expression that anybody writes can make a request expensive. Hyperscan's Chimera mode, which hands over to
PCRE, is left out for that reason, as is Python's `re`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import hyperscan
import re2

FLAGS = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY
"""Whether an expression matches is asked, not how often; one that matches nothing at all matches every value."""
_RE2_MEMORY_BYTES = 8 << 20


OF_LINES = FLAGS | hyperscan.HS_FLAG_MULTILINE
"""For expressions that are held against several values in lines."""


def compile_hyperscan(expressions: Sequence[bytes], flags: int = FLAGS) -> Any:
    """A database of expressions that `hyperscan_error` has nothing against, numbered as they come."""
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    count = len(expressions)
    database.compile(expressions=list(expressions), ids=list(range(count)), elements=count, flags=[flags] * count)
    return database


@lru_cache(maxsize=8192)
def hyperscan_error(expression: bytes) -> str | None:
    """Why hyperscan refuses an expression; None when it takes it."""
    try:
        compile_hyperscan([expression])
    except hyperscan.error as error:
        return str(error)
    return None


@lru_cache(maxsize=1024)
def compile_re2(expression: bytes) -> Any:
    """An expression for re2, bytes in, bytes out. Raises: re2.error: re2 refuses it too."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = _RE2_MEMORY_BYTES
    options.log_errors = False
    return re2.compile(expression, options)


def re2_error(expression: bytes) -> str | None:
    """Why re2 refuses an expression; None when it takes it."""
    try:
        compile_re2(expression)
    except re2.error as error:
        return str(error)
    return None
