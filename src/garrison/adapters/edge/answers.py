"""The bytes of answers that an adapter gives itself."""

from __future__ import annotations

from garrison.adapters.guard import answer_headers
from garrison.heads import dates, status_line
from garrison.waf.decision import Answer

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
BODILESS = frozenset({204, 304})


def encoded(answer: Answer, *, keeps_alive: bool, is_head: bool = False) -> bytes:
    """An answer, as it goes to the client."""
    lines = [status_line(answer.status)]
    bodiless = answer.status in BODILESS
    for name, value in answer_headers(answer):
        if not (bodiless and name == "content-length"):
            lines.append(f"{name}: {value}\r\n")
    lines.append(f"date: {dates.now()}\r\n")
    lines.append("\r\n" if keeps_alive else "connection: close\r\n\r\n")
    head = "".join(lines).encode("latin-1", "replace")
    return head if is_head or bodiless else head + answer.body


def refusal(status: int, cause: str) -> bytes:
    """The last answer of a connection: why what came cannot be read."""
    answer = Answer(status, content_type="text/plain; charset=utf-8", body=cause.encode() + b"\n")
    return encoded(answer, keeps_alive=False)
