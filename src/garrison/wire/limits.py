"""How much of a request the decoders are willing to look at: every bound has its reason here."""

from __future__ import annotations

from dataclasses import dataclass

MAX_DEPTH = 100
"""Nested containers in one JSON, XML, CBOR or query document. The deepest modelled request (wafv2 statements in statements)
stays under 40; AWS's own parsers stop at 100 or fewer."""

MAX_QUERY_MEMBERS = 10_000
"""Name=value pairs of one form; a 1 MB form of AWS's shortest keys has fewer."""

MAX_QUERY_INDEX_DIGITS = 9
"""Digits of a list index in a query key (`Member.999999999`); indices only order the members, nothing is allocated for gaps."""

MAX_XML_NODES = 250_000
"""Elements of one XML document: a DeleteObjects request of 1,000 keys has under 5,000."""

MAX_CBOR_ITEMS = 1_000_000
"""Data items of one CBOR document."""

MAX_REPORTED_VALUE = 1_024
"""Characters of a refused value that are repeated in a validation message."""

MAX_FAILURES = 100
"""Validation failures listed in one message; a list of 100,000 bad members gets one answer of bounded size."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request's content may grow to."""

    decompressed_bytes: int = 16 * 1024 * 1024
    """Bytes of a body after content decoding."""
    compression_ratio: int = 200
    """Decompressed bytes for each compressed byte, once over 1 MiB: gzip's own ceiling is about 1,032."""


DEFAULT_LIMITS = Limits()
