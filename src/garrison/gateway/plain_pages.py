"""Pages of Garrison's own that need no script: what became of a link or a sign-in, with a button or a way on."""

from __future__ import annotations

from html import escape

from garrison.wire.http import HttpResponse

_HEADERS = (
    ("content-type", "text/html; charset=utf-8"),
    ("cache-control", "no-store"),
    (
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; sandbox allow-forms",
    ),
)
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:4rem auto;padding:0 1rem;"
    "background:light-dark(#fff,#161d26);color:light-dark(#16191f,#dedee3)}"
    "a{color:light-dark(#0b5cad,#75cfff)}code{overflow-wrap:anywhere}"
    "button{display:block;font:inherit;margin:0 0 .75rem;padding:.5rem 1.25rem;border:0;border-radius:.25rem;"
    "text-align:start;overflow-wrap:anywhere;background:#0b5cad;color:#fff;cursor:pointer}"
)


def plain_page(status: int, title: str, content: str) -> HttpResponse:
    """A page of a title, which is text, and of content, which is markup: escape what others wrote in it."""
    body = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{content}</body></html>\n"
    )
    return HttpResponse(status, list(_HEADERS), body.encode())
