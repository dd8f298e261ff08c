"""Stored policies as sources for decisions: each text is parsed once, and one source is shared by all who hold it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from garrison.policy import PolicyKind, Source, parse_document

MAX_KEPT_SOURCES = 8192
"""Parsed policies kept in memory: what a few thousand principals hold between them."""

_sources: OrderedDict[tuple[PolicyKind, str, bytes], Source] = OrderedDict()


def source_of(kind: PolicyKind, name: str, text: str) -> Source:
    """The source for a stored document; `name` is the ARN of a managed policy or the place of an inline one."""
    key = (kind, name, hashlib.blake2b(text.encode(), digest_size=16).digest())
    source = _sources.get(key)
    if source is None:
        source = _sources.setdefault(key, Source(kind, name, parse_document(text, kind)))
        while len(_sources) > MAX_KEPT_SOURCES:
            _sources.popitem(last=False)
    return source
