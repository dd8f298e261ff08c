"""Send the hash of each digest elsewhere: an anchor outside of what whoever holds this machine can rewrite.

The setting `digest_anchors` names the places. What waits is kept with the digest's own transaction and sent until it arrives,
for each place by itself; it may arrive twice.
"""

from __future__ import annotations

import hashlib
import os
import socket
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from garrison.errors import ApiError
from garrison.logs import get_logger
from garrison.services.cloudtrail.delivery.state import NAMESPACE, Origin, TrailId
from garrison.services.cloudtrail.delivery.to_bucket import put_object
from garrison.services.pauses import is_resting, pause_after
from garrison.trails import Anchor, Digest

if TYPE_CHECKING:
    from garrison.services.background import Workplace
    from garrison.store import Unit

_PRIORITY = 13 * 8 + 5
"""Of syslog: facility "log audit", severity "notice" (RFC 5424, section 6.2.1)."""
_log = get_logger(__name__)


class _Waiting(msgspec.Struct, frozen=True):
    anchor: Anchor
    failures: int = 0
    retry_at: datetime | None = None


def have_anchored(
    unit: Unit, places: tuple[str, ...], trail: TrailId, origin: Origin, end: datetime, digest: Digest
) -> None:
    """Have a digest told to each place, once the unit is committed."""
    anchor = Anchor(
        account=trail.account,
        trail_arn=trail.arn,
        home_region=trail.home_region,
        trail_name=trail.name,
        region=origin.region,
        end_time=f"{end:%Y-%m-%dT%H:%M:%SZ}",
        bucket=digest.bucket,
        key=digest.key,
        sha256=digest.sha256,
        signature=digest.signature,
    )
    for place in places:
        key = f"{_prefix(place)}{anchor.end_time}/{trail.key}/{origin.key}"
        unit.state_put(NAMESPACE, key, msgspec.json.encode(_Waiting(anchor)))


def send_anchors(place: Workplace, account: str) -> None:
    """Send what waits of an account; a place that does not answer holds up only itself."""
    for target in place.parts.settings.digest_anchors:
        while (waiting := _first(place, account, target)) is not None:
            key, first = waiting
            if is_resting(first.retry_at, place.clock.now()):
                break
            try:
                _send(place, target, first.anchor)
            except (ApiError, OSError) as error:
                _log.warning("digest_not_anchored", place=target, cause=str(error))
                _rest(place, account, key, first)
                break
            with place.parts.store.writing(account, place.parts.settings.region) as unit:
                unit.state_remove(NAMESPACE, key)


def _first(place: Workplace, account: str, target: str) -> tuple[str, _Waiting] | None:
    with place.parts.store.reading(account, place.parts.settings.region) as unit:
        found = unit.state_page(NAMESPACE, _prefix(target), limit=1)
    return (found[0].key, msgspec.json.decode(found[0].value, type=_Waiting)) if found else None


def _rest(place: Workplace, account: str, key: str, waiting: _Waiting) -> None:
    failures = waiting.failures + 1
    rested = _Waiting(waiting.anchor, failures, place.clock.now() + pause_after(failures))
    with place.parts.store.writing(account, place.parts.settings.region) as unit:
        unit.state_put(NAMESPACE, key, msgspec.json.encode(rested))


def _prefix(place: str) -> str:
    return f"anchor/{hashlib.sha256(place.encode()).hexdigest()[:16]}/"


def _send(place: Workplace, target: str, anchor: Anchor) -> None:
    if target.startswith("file:"):
        _append(Path(target.removeprefix("file:")), anchor.line() + b"\n")
    elif target.startswith("syslog:"):
        host, _, port = target.removeprefix("syslog:").rpartition(":")
        _to_syslog(host, int(port), anchor)
    else:
        bucket, _, prefix = target.removeprefix("s3://").partition("/")
        trail = TrailId(anchor.account, anchor.home_region, anchor.trail_name)
        name = anchor.key.rpartition("/")[2].removesuffix(".gz")
        put_object(place.parts, trail, bucket, f"{prefix}/{name}".lstrip("/"), anchor.line(), encoding=None)


def _append(path: Path, line: bytes) -> None:
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(fd, line)
        os.fsync(fd)
    finally:
        os.close(fd)


def _to_syslog(host: str, port: int, anchor: Anchor) -> None:
    """One datagram (RFC 5424 over RFC 5426)."""
    head = f"<{_PRIORITY}>1 {anchor.end_time} {socket.gethostname()} garrison - digest - "
    kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(kind, socket.SOCK_DGRAM) as udp:
        udp.sendto(head.encode() + anchor.line(), address)
