"""REST operations' URI templates: matched against raw paths, labels decoded afterwards (Smithy, "http trait", uri)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from garrison.wire.faults import WireFault
from garrison.wire.http import HttpRequest

if TYPE_CHECKING:
    from garrison.wire.service import Service

_LABEL = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class UriTemplate:
    """One operation's URI, split into what its requests must have."""

    pattern: re.Pattern[str]
    labels: tuple[str, ...]
    """Wire names of the labels in order."""
    literals: int
    """Characters of the path that are not labels: the more, the more specific."""
    greedy: bool
    query: tuple[tuple[str, str | None], ...]
    """Query parameters that are part of the template, with their value where it has one."""


def compile_template(uri: str) -> UriTemplate:
    """A `requestUri` such as `/{Bucket}/{Key+}?tagging`."""
    path, _, query = uri.partition("?")
    expression, labels, literals, greedy, position = "", [], 0, False, 0
    for match in _LABEL.finditer(path):
        text = path[position : match.start()]
        literals += len(text)
        name = match.group(1)
        labels.append(name.rstrip("+"))
        if name.endswith("+"):
            greedy = True
            expression += re.escape(text) + "(.+)"
        else:
            expression += re.escape(text) + "([^/]+)"
        position = match.end()
    tail = path[position:]
    literals += len(tail)
    expression += re.escape(tail.rstrip("/")) if tail != "/" or labels else "/"
    if not greedy:
        expression += "/?"
    wanted = []
    for part in query.split("&") if query else ():
        name, equals, value = part.partition("=")
        wanted.append((name, value if equals and value else None))
    return UriTemplate(
        re.compile(expression, re.DOTALL),
        tuple(labels),
        literals,
        greedy,
        tuple(wanted),
    )


def decode_label(raw: str) -> str:
    """A label's text; a plus sign in a path is a plus sign."""
    if "%" not in raw:
        return raw
    try:
        return unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        raise WireFault("The path must be UTF-8") from None


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    template: UriTemplate
    needed_query: frozenset[str]
    needed_headers: frozenset[str]
    rank: tuple[Any, ...]


class RouteTable:
    """A service's REST operations by method, most specific first."""

    def __init__(self, service: Service) -> None:
        self._by_method: dict[str, list[_Candidate]] = {}
        for order, name in enumerate(service.operations):
            raw = service.raw_operation(name)
            http = raw.get("http", {})
            template = compile_template(http.get("requestUri", "/"))
            query, headers = _needed(service, raw)
            rank = (
                -template.literals,
                template.greedy,
                -len(template.query),
                -(len(query) + len(headers)),
                bool(raw.get("deprecated")),
                order,
            )
            candidate = _Candidate(name, template, query, headers, rank)
            self._by_method.setdefault(http.get("method", "POST"), []).append(candidate)
        for candidates in self._by_method.values():
            candidates.sort(key=lambda candidate: candidate.rank)

    def match(self, request: HttpRequest, path: str, query: dict[str, str]) -> str | None:
        """The operation of a request: one whose required parameters are all there, else one that fits the path."""
        fallback = None
        for candidate in self._by_method.get(request.method, ()):
            template = candidate.template
            if template.pattern.fullmatch(path) is None:
                continue
            if any(name not in query or (value is not None and query[name] != value) for name, value in template.query):
                continue
            if candidate.needed_query <= query.keys() and all(
                request.header(name) is not None for name in candidate.needed_headers
            ):
                return candidate.name
            if fallback is None or (not template.query and not candidate.needed_headers):
                fallback = candidate.name
        return fallback


def _needed(service: Service, raw: Any) -> tuple[frozenset[str], frozenset[str]]:
    query, headers = set(), set()
    if raw.get("input"):
        shape = service.shapes.resolve(raw["input"])
        for name in shape.required:
            member = shape.members[name]
            if member.location == "querystring":
                query.add(member.wire_name or name)
            elif member.location == "header":
                headers.add((member.wire_name or name).lower())
    return frozenset(query), frozenset(headers)
