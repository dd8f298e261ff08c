"""What our own clients share that reach a server: which hosts are this machine, and what a server's answer says.

The agent is made of it too, so it needs the standard library only.
"""

from __future__ import annotations

import ipaddress
import json
from typing import Any


def is_this_machine(host: str) -> bool:
    """Whether a host, as a URL or a setting names it, is this machine: `localhost`, or a loopback address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def json_object(raw: bytes, most_bytes: int) -> dict[str, Any] | None:
    """An answer's JSON object; None for anything else and for one that is longer than that."""
    try:
        answer = json.loads(raw) if len(raw) <= most_bytes else None
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def refusal_of(answer: dict[str, Any], error_type: str | None, status: int) -> tuple[str, str]:
    """Code and message of an answer that refuses; `error_type` is its header x-amzn-ErrorType."""
    code = str(answer.get("__type") or error_type or status)
    message = str(answer.get("message") or answer.get("Message") or "")
    return code.rpartition("#")[2].partition(":")[0], message
