"""The regression tests of OWASP CRS as labelled requests: what go-ftw would send for each stage, and what the stage expects of CRS.

Sources: https://github.com/coreruleset/coreruleset (tests/regression), https://github.com/coreruleset/go-ftw (how a stage becomes bytes)
"""

from __future__ import annotations

import base64
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import yaml

from garrison.waf.request import Request

FORM = "application/x-www-form-urlencoded"
_RULE = re.compile(r"\bid:(\d+)")
_LEVEL = re.compile(r"paranoia-level/(\d)")
_METHODS_WITH_BODIES = re.compile(r"^POST|PUT|PATCH|DELETE$")
"""As go-ftw has it."""


@dataclass(frozen=True)
class Stage:
    name: str
    """`932230-12`, or `932230-12.2` for a later stage of the same test."""
    request: Request
    expected: tuple[int, ...]
    """Rules of paranoia level 1 of the families 920000 to 949999 that have to fire."""
    is_benign: bool
    """Whether it only says what must not fire."""

    @property
    def families(self) -> frozenset[str]:
        """What it attacks: `932`."""
        return frozenset(str(rule)[:3] for rule in self.expected)


def read(archive: Path) -> list[Stage]:
    """All stages that say something about rules, in the order of the archive's names."""
    texts: dict[str, str] = {}
    with tarfile.open(archive) as opened:
        for member in opened:
            file = opened.extractfile(member)
            if file is not None and member.name.endswith((".conf", ".yaml")):
                texts[member.name] = file.read().decode()
    levels = dict(_levels(text for name, text in texts.items() if name.endswith(".conf")))
    found = []
    for name in sorted(texts):
        if "/tests/" in name and name.endswith(".yaml"):
            found += list(_stages(yaml.load(texts[name], yaml.CSafeLoader), levels))
    return found


def _levels(files: Iterator[str]) -> Iterator[tuple[int, int]]:
    """The paranoia level of each rule."""
    for text in files:
        for line in text.replace("\\\n", " ").splitlines():
            rule, level = _RULE.search(line), _LEVEL.search(line)
            if line.startswith("Sec") and rule and level:
                yield int(rule[1]), int(level[1])


def _stages(file: dict[str, Any] | None, levels: dict[int, int]) -> Iterator[Stage]:
    for test in file["tests"] if file else ():
        for number, stage in enumerate(test["stages"], 1):
            log = stage["output"].get("log", {})
            wanted, unwanted = log.get("expect_ids", []), log.get("no_expect_ids", [])
            yield Stage(
                f"{file['rule_id']}-{test['test_id']}" + (f".{number}" if number > 1 else ""),
                request_of(stage["input"]),
                tuple(rule for rule in wanted if levels.get(rule) == 1 and 920_000 <= rule < 950_000),
                bool(unwanted) and not wanted,
            )


def request_of(given: dict[str, Any]) -> Request:
    """What go-ftw sends for a stage's input, as a server reads it."""
    if given.get("encoded_request"):
        return _raw(base64.b64decode(given["encoded_request"]))
    headers = {str(name): str(value) for name, value in (given.get("headers") or {}).items()}
    names = {name.lower(): name for name in headers}
    data = str(given.get("data") or "").encode()
    completes = given.get("autocomplete_headers", True)
    if data and completes:
        if "content-type" not in names:
            names["content-type"] = "Content-Type"
            headers["Content-Type"] = FORM
        data = _encoded(data, headers[names["content-type"]])
    if headers.get(names.get("content-type", ""), "").startswith("multipart/form-data;"):
        data = data.replace(b"\n", b"\r\n")
    method = str(given.get("method", "GET"))
    if completes:
        if "connection" not in names:
            headers["Connection"] = "close"
        if "content-length" not in names and (data or _METHODS_WITH_BODIES.search(method)):
            headers["Content-Length"] = str(len(data))
    return Request(
        method=method.encode(),
        target=_target(str(given.get("uri", "/")).encode()),
        headers=tuple((name.lower().encode(), value.strip().encode()) for name, value in headers.items()),
        body=data,
        address="192.0.2.1",
        version=str(given.get("version", "HTTP/1.1")).encode(),
    )


def _encoded(data: bytes, content_type: str) -> bytes:
    """A form that is not percent-encoded yet is: its names and values each."""
    text = data.decode()
    if content_type != FORM or not _can_be_decoded(text) or unquote_plus(text) != text:
        return data
    pieces = []
    for piece in text.split("&"):
        name, equals, value = piece.partition("=")
        pieces.append(quote_plus(name) + equals + quote_plus(value))
    return "&".join(pieces).encode()


def _can_be_decoded(text: str) -> bool:
    return re.search(r"%(?![0-9A-Fa-f]{2})", text) is None


def _target(uri: bytes) -> bytes:
    """Path and query of an absolute form, as an adapter cuts it; a fragment goes on to the server as it is."""
    absolute = re.match(rb"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*", uri)
    return uri[absolute.end() :] or b"/" if absolute else uri


def _raw(data: bytes) -> Request:
    """A request that is given byte by byte."""
    head, _, body = data.partition(b"\r\n\r\n") if b"\r\n\r\n" in data else data.partition(b"\n\n")
    first, *lines = [line.rstrip(b"\r") for line in head.split(b"\n")]
    method, _, rest = first.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    headers = []
    for line in lines:
        name, _, value = line.partition(b":")
        headers.append((name.strip().lower(), value.strip()))
    return Request(method, _target(target), tuple(headers), body, address="192.0.2.1", version=version)
