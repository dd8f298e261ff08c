"""Requests as others wrote them down: access logs, WAF logs, HAR files, curl's command lines, raw requests.

All of it may be hostile: everything is bounded, and what cannot be read is said to be so, or counted and passed over. What a
source does not tell of a request is named in its `Gaps`, so that nobody takes it for absent.
"""

from garrison.waf.recorded.curl import from_curl
from garrison.waf.recorded.formats import Format, Lines, format_of, read
from garrison.waf.recorded.har import from_har
from garrison.waf.recorded.raw import from_raw
from garrison.waf.recorded.recorded import COMPLETE, Gaps, Recorded, Unreadable

__all__ = [
    "COMPLETE",
    "Format",
    "Gaps",
    "Lines",
    "Recorded",
    "Unreadable",
    "format_of",
    "from_curl",
    "from_har",
    "from_raw",
    "read",
]
