"""A request of curl's command line, as browsers copy it ("Copy as cURL"). Nothing is run, and no file that it names is read.

Source: https://curl.se/docs/manpage.html
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from garrison.waf.recorded.recorded import Unreadable, address_of, as_bytes, header_pairs
from garrison.waf.recorded.shell_words import words_of
from garrison.waf.request import Request

_FORM = "application/x-www-form-urlencoded"
_BOUNDARY = "------------------------garrison00000000"


@dataclass(slots=True)
class _Asked:
    """What the options add up to."""

    urls: list[str] = field(default_factory=list)
    method: str | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    form: list[tuple[str, str]] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    standard: dict[str, str] = field(default_factory=lambda: {"user-agent": "curl/8.14.1", "accept": "*/*"})
    """What curl sends by itself, unless a header of the same name is given."""
    version: bytes = b"HTTP/1.1"
    puts_data_into_query: bool = False
    is_head: bool = False


def from_curl(text: str, *, address: str = "") -> Request:
    """The request that the command would send; raises Unreadable for an option that is not known, or names a file."""
    words = words_of(text)
    if not words or words[0].rsplit("/", 1)[-1] not in {"curl", "curl.exe"}:
        raise Unreadable("the command line does not begin with `curl`")
    asked = _Asked()
    for name, value in _options(words[1:]):
        _ACTS[name](asked, value)
    if len(asked.urls) != 1:
        raise Unreadable("the command line does not name one URL")
    return _request(asked, address)


def _options(words: list[str]) -> Iterator[tuple[str, str]]:
    """Options by their long names with their values; bare words are URLs."""
    rest = iter(words)
    for word in rest:
        if word == "--":
            yield from (("url", url) for url in rest)
        elif word.startswith("--"):
            name, equals, value = word[2:].partition("=")
            yield name, value if equals and _takes_value(name) else _value(name, rest)
        elif word.startswith("-") and len(word) > 1:
            yield from _short(word[1:], rest)
        else:
            yield "url", word


def _short(letters: str, rest: Iterator[str]) -> Iterator[tuple[str, str]]:
    """`-sXPOST` is `-s -X POST`."""
    for at, letter in enumerate(letters):
        name = _SHORT.get(letter)
        if name is None:
            raise Unreadable(f"curl's option -{letter} is not known here")
        if _takes_value(name):
            yield name, letters[at + 1 :] or _value(name, rest)
            return
        yield name, ""


def _takes_value(name: str) -> bool:
    if name not in _ACTS:
        raise Unreadable(f"curl's option --{name} is not known here")
    return name in _WITH_VALUE


def _value(name: str, rest: Iterator[str]) -> str:
    if not _takes_value(name):
        return ""
    value = next(rest, None)
    if value is None:
        raise Unreadable(f"curl's option --{name} lacks its value")
    return value


def _request(asked: _Asked, address: str) -> Request:
    url = asked.urls[0]
    place = address_of(url if "://" in url else f"http://{url}")
    body, target = _body(asked), place.target
    if asked.puts_data_into_query and body:
        target += (b"&" if b"?" in target else b"?") + body
        body = b""
    given = {name.lower() for name, _ in asked.headers}
    standard = {"host": place.host} | asked.standard
    if asked.cookies:
        standard["cookie"] = "; ".join(asked.cookies)
    if body or (asked.data and not asked.puts_data_into_query):
        standard["content-length"] = str(len(body))
        standard.setdefault("content-type", _FORM)
    sent = [(name, value) for name, value in standard.items() if name not in given]
    has_body = bool(asked.data or asked.form) and not asked.puts_data_into_query
    method = asked.method or ("HEAD" if asked.is_head else "POST" if has_body else "GET")
    return Request(
        as_bytes(method),
        target,
        header_pairs([*sent, *((name, value) for name, value in asked.headers if value)]),
        body,
        address=address,
        version=asked.version,
        scheme=place.scheme,
    )


def _body(asked: _Asked) -> bytes:
    if asked.form and asked.data:
        raise Unreadable("the command line gives both data and a form")
    if not asked.form:
        return as_bytes("&".join(asked.data))
    asked.standard["content-type"] = f"multipart/form-data; boundary={_BOUNDARY}"
    parts = "".join(
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in asked.form
    )
    return as_bytes(f"{parts}--{_BOUNDARY}--\r\n")


def _no_file(value: str) -> str:
    raise Unreadable(f"the command line takes {value[:100]!r} from a file, which is not read: give what is in it")


def _add_header(asked: _Asked, value: str) -> None:
    """`Name: value`; `Name;` is one without a value, `Name:` one that is not sent."""
    if value.startswith("@"):
        _no_file(value)
    name, colon, content = value.partition(":")
    if not colon and not value.endswith(";"):
        raise Unreadable("a header of the command line has no colon")
    asked.headers.append((name.rstrip(";").strip(), content.strip()))


def _add_data(asked: _Asked, value: str) -> None:
    asked.data.append(_no_file(value) if value.startswith("@") else value)


def _add_json(asked: _Asked, value: str) -> None:
    asked.data[:] = ["".join([*asked.data, _no_file(value) if value.startswith("@") else value])]
    asked.standard |= {"content-type": "application/json", "accept": "application/json"}


def _add_encoded(asked: _Asked, value: str) -> None:
    """`content`, `=content` or `name=content`."""
    name, equals, content = value.partition("=")
    if "@" in name:
        _no_file(value)
    encoded = quote(as_bytes(content if equals else name), safe="")
    asked.data.append(f"{name}={encoded}" if equals and name else encoded)


def _add_form(asked: _Asked, value: str) -> None:
    name, equals, content = value.partition("=")
    if not equals:
        raise Unreadable("a part of the form has no `=`")
    asked.form.append((name, _no_file(content) if content[:1] in {"@", "<"} else content))


def _add_cookie(asked: _Asked, value: str) -> None:
    if "=" not in value:
        _no_file(value)
    asked.cookies.append(value)


def _set(name: str) -> Callable[[_Asked, str], None]:
    return lambda asked, value: asked.standard.__setitem__(name, value)


def _become(name: str, now: object) -> Callable[[_Asked, str], None]:
    return lambda asked, value: setattr(asked, name, now)


def _nothing(asked: _Asked, value: str) -> None:
    """What does not change the request."""


_MEANT: dict[str, Callable[[_Asked, str], None]] = {
    "url": lambda asked, value: asked.urls.append(value),
    "request": lambda asked, value: setattr(asked, "method", value),
    "header": _add_header,
    "data": _add_data,
    "data-ascii": _add_data,
    "data-binary": _add_data,
    "data-raw": lambda asked, value: asked.data.append(value),
    "data-urlencode": _add_encoded,
    "json": _add_json,
    "form": _add_form,
    "form-string": lambda asked, value: asked.form.append((value.partition("=")[0], value.partition("=")[2])),
    "cookie": _add_cookie,
    "user-agent": _set("user-agent"),
    "referer": _set("referer"),
    "range": lambda asked, value: asked.standard.__setitem__("range", f"bytes={value}"),
    "user": lambda asked, value: asked.standard.__setitem__(
        "authorization", f"Basic {b64encode(as_bytes(value)).decode()}"
    ),
    "oauth2-bearer": lambda asked, value: asked.standard.__setitem__("authorization", f"Bearer {value}"),
}
_FLAGS: dict[str, Callable[[_Asked, str], None]] = {
    "get": _become("puts_data_into_query", True),
    "head": _become("is_head", True),
    "compressed": lambda asked, value: asked.standard.__setitem__("accept-encoding", "deflate, gzip, br, zstd"),
    "http0.9": _become("version", b"HTTP/0.9"),
    "http1.0": _become("version", b"HTTP/1.0"),
    "http1.1": _become("version", b"HTTP/1.1"),
    "http2": _become("version", b"HTTP/2.0"),
    "http3": _become("version", b"HTTP/3.0"),
}
_IGNORED_FLAGS = [
    "insecure",
    "location",
    "silent",
    "show-error",
    "verbose",
    "include",
    "fail",
    "globoff",
    "path-as-is",
    "no-buffer",
    "ipv4",
    "ipv6",
    "tcp-nodelay",
    "location-trusted",
    "raw",
    "progress-bar",
    "no-keepalive",
    "tlsv1.2",
    "tlsv1.3",
    "ssl-reqd",
    "anyauth",
    "basic",
    "digest",
    "fail-with-body",
]
_IGNORED = [
    "output",
    "max-time",
    "connect-timeout",
    "proxy",
    "cacert",
    "cert",
    "key",
    "resolve",
    "retry",
    "max-redirs",
    "write-out",
    "interface",
    "limit-rate",
    "dump-header",
    "cookie-jar",
    "keepalive-time",
    "retry-delay",
    "proxy-user",
    "ciphers",
]
_WITH_VALUE = frozenset({*_MEANT, *_IGNORED})
_ACTS = _MEANT | _FLAGS | dict.fromkeys((*_IGNORED_FLAGS, *_IGNORED), _nothing)
_SHORT = {
    "X": "request", "H": "header", "d": "data", "F": "form", "b": "cookie", "A": "user-agent", "e": "referer", "u": "user",
    "r": "range", "G": "get", "I": "head", "k": "insecure", "L": "location", "s": "silent", "S": "show-error", "v": "verbose",
    "i": "include", "f": "fail", "g": "globoff", "N": "no-buffer", "4": "ipv4", "6": "ipv6", "o": "output", "m": "max-time",
    "x": "proxy", "E": "cert", "w": "write-out", "D": "dump-header", "c": "cookie-jar", "0": "http1.0", "#": "progress-bar",
}  # fmt: skip
