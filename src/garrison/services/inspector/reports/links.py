"""Links to reports: good for an hour for whoever has one, as the addresses that AWS signs; nobody can make one for another report."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from garrison import codec
from garrison.services.inspector.assessments_file import assessments_of
from garrison.services.inspector.storage import reports

if TYPE_CHECKING:
    from garrison.services.call import Parts

PATH = "/_garrison/inspector/reports/"
GOOD_FOR = timedelta(hours=1)
TYPES = {"HTML": "text/html; charset=utf-8", "PDF": "application/pdf"}
_PURPOSE = "inspector-report-links"
_CHECK_BYTES = 16


class _Named(NamedTuple):
    run: int
    kind: str
    format: str
    expires_at: int


def link_to(parts: Parts, run: int, kind: str, form: str, now: datetime) -> str:
    """The address of a report, good from now on."""
    named = codec.encode(_Named(run, kind, form, int((now + GOOD_FOR).timestamp())))
    token = base64.urlsafe_b64encode(_check(parts.root_key.derive(_PURPOSE), named) + named).decode().rstrip("=")
    return f"{parts.settings.effective_public_url}{PATH}{token}.{form.lower()}"


def fetched(parts: Parts, name: str, now: datetime) -> tuple[str, bytes] | None:
    """Content type and content of the report that a link's last part stands for; None where it is none, or no longer good."""
    token, _, ending = name.partition(".")
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (binascii.Error, ValueError):
        return None
    check, content = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
    keys = parts.root_key.derivations(_PURPOSE)
    if not any(hmac.compare_digest(_check(key, content), check) for key in keys):
        return None
    named = msgspec.json.decode(content, type=_Named)
    if named.expires_at < now.timestamp() or ending != named.format.lower():
        return None
    with assessments_of(parts).reading() as db:
        body = reports.body(db, named.run, named.kind, named.format)
    return (TYPES[named.format], body) if body is not None else None


def _check(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()[:_CHECK_BYTES]
