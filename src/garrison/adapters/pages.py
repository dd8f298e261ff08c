"""What an adapter that is a server says of itself: whether it is ready, and what it has counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from garrison.adapters.options import Fail
from garrison.waf.decision import Answer

if TYPE_CHECKING:
    from garrison.adapters.attached import Attached

HEALTH, METRICS = b"/healthz", b"/metrics"
_TEXT = "text/plain; charset=utf-8"
_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


def own_page(target: bytes, attached: Attached) -> Answer | None:
    """The page of a path, None where there is none."""
    path = target.partition(b"?")[0]
    if path == HEALTH:
        return _health(attached)
    if path == METRICS:
        from garrison.adapters.counting import exposition

        return Answer(200, (), _EXPOSITION, exposition(attached.counting, attached.follower))
    return None


def _health(attached: Attached) -> Answer:
    """200 where requests are decided about, or go on undecided because the settings say so."""
    if attached.follower.program is not None:
        bundle = attached.follower.bundle
        return Answer(200, (), _TEXT, f"ok {bundle.digest if bundle is not None else ''}\n".encode())
    if attached.options.no_acl is Fail.OPEN:
        return Answer(200, (), _TEXT, b"ok, without a web ACL\n")
    return Answer(503, (), _TEXT, b"no web ACL yet\n")
