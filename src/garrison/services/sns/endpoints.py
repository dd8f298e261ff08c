"""Where a subscription may lead: checked when it is made, so that nothing waits for an address that nothing is sent to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from garrison.outgoing import place_of
from garrison.services.sns.failures import invalid

if TYPE_CHECKING:
    from garrison.services.call import Call

LONGEST_ENDPOINT = 2048
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""An address as mail servers take it without quoting (RFC 5321, Dot-string)."""
_ELSEWHERE = frozenset({"sms", "sqs", "lambda", "application", "firehose"})


def checked_endpoint(call: Call, protocol: str, endpoint: str) -> str:
    """An endpoint that something can be sent to; refused with what is in the way."""
    if protocol in _ELSEWHERE:
        raise invalid(
            f"Protocol Reason: {protocol} is not delivered to from here; http, https, email and email-json are"
        )
    if protocol in ("http", "https"):
        return _checked_url(call, protocol, endpoint)
    if protocol in ("email", "email-json"):
        return _checked_address(call, endpoint)
    raise invalid(f"Amazon SNS does not support this protocol string: {protocol[:100]}")


def _checked_url(call: Call, protocol: str, endpoint: str) -> str:
    if not endpoint.startswith(f"{protocol}://"):
        raise invalid("Endpoint must match the specified protocol")
    if place_of(endpoint) is None or len(endpoint) > LONGEST_ENDPOINT:
        raise invalid("Endpoint Reason: it must be a URL of the form scheme://host[:port]/path")
    if not call.parts.outgoing.allows(endpoint):
        raise invalid("Endpoint Reason: its host is not among the outgoing_hosts that the operator allows")
    return endpoint


def _checked_address(call: Call, endpoint: str) -> str:
    if not _MAIL.fullmatch(endpoint) or len(endpoint) > 254:
        raise invalid("Email address")
    if not call.parts.mail.is_there:
        raise invalid("Endpoint Reason: the operator has named no mail server (smtp_host)")
    return endpoint
