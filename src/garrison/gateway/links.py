"""Where links in mails of SNS lead: a page that says what would happen, and a button that does it.

Mail scanners and previews open every link they see: opening one must change nothing. The button posts to the same address, and that
is AWS's own anonymous call (`ConfirmSubscription`, `Unsubscribe`), decided and recorded like any other.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

from garrison.gateway.plain_pages import plain_page
from garrison.wire.http import HttpRequest, HttpResponse

LINK_PATH = "/_garrison/sns/subscription/"
_LONGEST_QUERY = 4096
_FORM = "application/x-www-form-urlencoded"


class _Link(NamedTuple):
    parameters: tuple[str, ...]
    """Those that its query must have; the first names what it is about."""
    title: str
    question: str
    done: str


_LINKS = {
    "ConfirmSubscription": _Link(
        ("TopicArn", "Token"),
        "Confirm subscription",
        "Messages of this topic will be sent to the address that the link was sent to.",
        "The subscription is confirmed.",
    ),
    "Unsubscribe": _Link(
        ("SubscriptionArn",),
        "Unsubscribe",
        "Messages of this subscription will no longer be sent.",
        "The subscription has ended.",
    ),
}


def asked_by(request: HttpRequest) -> HttpRequest | None:
    """The call that a pressed button makes; None for anything else, which `link_page` answers."""
    name = request.path.removeprefix(LINK_PATH)
    if request.method != "POST" or name not in _LINKS or (parameters := _parameters(request, _LINKS[name])) is None:
        return None
    kept = [(key, value) for key, value in request.headers if key in ("host", "user-agent")]
    body = urlencode({"Action": name, "Version": "2010-03-31"} | parameters).encode()
    headers = [*kept, ("content-type", _FORM), ("content-length", str(len(body)))]
    return replace(request, path="/", query="", headers=headers, body=body)


def link_page(request: HttpRequest) -> HttpResponse:
    """What a link leads to before its button is pressed."""
    name = request.path.removeprefix(LINK_PATH)
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponse(405, [("allow", "GET, HEAD, POST")])
    link = _LINKS.get(name)
    parameters = _parameters(request, link) if link is not None else None
    if link is None or parameters is None:
        return plain_page(404, "There is nothing here", "<p>The link is not whole. Copy all of it from the mail.</p>")
    about = escape(parameters[link.parameters[0]])
    return plain_page(
        200,
        link.title,
        f"<p>{link.question}</p><p><code>{about}</code></p>"
        f'<form method="post" action="{LINK_PATH}{name}?{escape(urlencode(parameters))}">'
        f"<button>{link.title}</button></form>",
    )


def told_page(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """What has become of a pressed button."""
    link = _LINKS[request.path.removeprefix(LINK_PATH)]
    if answer.status == 200:
        return plain_page(200, link.title, f"<p>{link.done}</p>")
    cause = "The link is no longer valid." if answer.status < 500 else "That cannot be done now. Try again later."
    return plain_page(answer.status, link.title, f"<p>{cause}</p>")


def _parameters(request: HttpRequest, link: _Link) -> dict[str, str] | None:
    """What a link's query says; None where it lacks something."""
    if len(request.query) > _LONGEST_QUERY:
        return None
    try:
        given = dict(parse_qsl(request.query, max_num_fields=8))
    except ValueError:
        return None
    found = {name: given[name] for name in link.parameters if given.get(name)}
    return found if len(found) == len(link.parameters) else None
