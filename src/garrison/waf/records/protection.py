"""What must not be told of a request: DataProtectionConfig, RedactedFields, and the secrets that clients always send.

Sources: https://docs.aws.amazon.com/waf/latest/developerguide/waf-data-protection-and-logging.html,
https://docs.aws.amazon.com/waf/latest/APIReference/API_DataProtection.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from garrison.waf.decision import Evidence
from garrison.waf.records.texts import Shown

SUBSTITUTE = "REDACTED"
SECRET_HEADERS = ("authorization", "proxy-authorization", "cookie", "x-api-key", "x-amz-security-token")
"""Whose values let whoever reads a log act as the client."""

_ARGUMENT = re.compile(r"[^&]+")
_COOKIE = re.compile(r"[^;]+")
_COOKIES = ("COOKIE", "COOKIES")
_QUERY = ("QUERY_STRING", "QUERYSTRING")
_ARGUMENTS = ("ALL_QUERY_ARGS", "SINGLE_QUERY_ARG", "SINGLE_QUERY_ARGUMENT", "QUERY_ARGUMENT", "QUERYARGUMENT")
_HEADERS = ("HEADER", "HEADERS", "SINGLE_HEADER")
_PATHS = ("URI", "URI_PATH", "URIPATH")
_BODIES = ("BODY", "JSON_BODY")
_METHODS = ("METHOD", "HTTP_METHOD", "HTTPMETHOD")


@dataclass(frozen=True, slots=True)
class Protected:
    """One thing that is kept out: its kind (HEADER, COOKIE, ARGUMENT, QUERY, BODY, PATH or METHOD) and its name, if it has one."""

    kind: str
    name: str = ""
    hashes: bool = False
    """Whether a one-way hash is told instead of nothing, so that equal values can be seen to be equal."""
    tells_matches: bool = False
    """ExcludeRuleMatchDetails."""
    tells_rates: bool = False
    """ExcludeRateBasedDetails."""

    def covers(self, field: str, place: str) -> bool:
        """Whether a value found in a field, at a place of it, is or may hold what is protected."""
        match self.kind:
            case "HEADER":
                whole = field in _HEADERS and place.lower() in {self.name, ""}
                return whole or (self.name == "cookie" and field in _COOKIES)
            case "COOKIE":
                return (field in _COOKIES and place in {self.name, ""}) or (
                    field in _HEADERS and place.lower() == "cookie"
                )
            case "ARGUMENT":
                return field in _QUERY or (field in _ARGUMENTS and place.lower() in {self.name.lower(), ""})
            case "QUERY":
                return field in _QUERY or field in _ARGUMENTS
            case "BODY":
                return field in _BODIES
            case "PATH":
                return field in _PATHS
            case _:
                return field in _METHODS


class Protection:
    """Takes out of values what is protected."""

    def __init__(self, protected: Iterable[Protected], key: bytes = b"") -> None:
        """`key` goes into the hashes: whoever does not know it cannot try out values that are easy to guess."""
        self._protected = tuple(protected)
        self._key = key

    @classmethod
    def of(
        cls,
        data_protection: Mapping[str, Any] | None = None,
        redacted: Iterable[Mapping[str, Any]] = (),
        secrets: Iterable[str] = (),
        key: bytes = b"",
    ) -> Protection:
        """Of a DataProtectionConfig, a logging configuration's RedactedFields, and names of headers, in this order."""
        configured = (data_protection or {}).get("DataProtections", ())
        found = [one for entry in configured for one in _configured(entry)]
        found += [_redacted(field) for field in redacted]
        return cls([*found, *(Protected("HEADER", name.lower()) for name in secrets)], key)

    def text(self, one: Protected, value: str) -> str:
        """What is told in place of a value."""
        if not one.hashes:
            return SUBSTITUTE
        return hmac.digest(self._key, value.encode("utf-8", "surrogatepass"), "sha256").hex()

    def matched(self, evidence: Evidence, value: str) -> str:
        """A match's bytes, as text."""
        for one in self._protected:
            if not one.tells_matches and one.covers(evidence.field, evidence.place):
                return self.text(one, value)
        return value

    def rate_value(self, kind: str, name: str, value: str) -> str:
        """The value of a key of a rate-based rule."""
        for one in self._protected:
            if not one.tells_rates and one.covers(kind, name):
                return self.text(one, value)
        return value

    def method(self, value: str) -> str:
        """The request's method."""
        return self._whole("METHOD", value)

    def parts(self, parts: Shown) -> Shown:
        """Path, query and headers without what is protected."""
        return Shown(
            self._whole("PATH", parts.uri),
            self._query(parts.args),
            [(name, self._header(name.lower(), value)) for name, value in parts.headers],
        )

    def _whole(self, kind: str, value: str) -> str:
        return next((self.text(one, value) for one in self._protected if one.kind == kind), value)

    def _query(self, args: str) -> str:
        if not args:
            return args
        for one in self._protected:
            if one.kind == "QUERY":
                return self.text(one, args)
        for one in self._protected:
            if one.kind == "ARGUMENT":
                args = self._named(_ARGUMENT, one, args)
        return args

    def _header(self, name: str, value: str) -> str:
        for one in self._protected:
            if one.kind == "HEADER" and one.name == name:
                return self.text(one, value)
        if name == "cookie":
            for one in self._protected:
                if one.kind == "COOKIE":
                    value = self._named(_COOKIE, one, value)
        return value

    def _named(self, pieces: re.Pattern[str], one: Protected, whole: str) -> str:
        """A list of `name=value` pieces, with the values of one name taken out. Names of arguments may be escaped, in any case."""

        def piece(found: re.Match[str]) -> str:
            name, equals, value = found[0].partition("=")
            if one.kind == "ARGUMENT":
                is_meant = unquote_plus(name).lower() == one.name.lower()
            else:
                is_meant = name.strip() == one.name
            return f"{name}={self.text(one, value)}" if is_meant and equals else found[0]

        return pieces.sub(piece, whole)


_FIELD_TYPES = {
    "SINGLE_HEADER": "HEADER",
    "SINGLE_COOKIE": "COOKIE",
    "SINGLE_QUERY_ARGUMENT": "ARGUMENT",
    "QUERY_STRING": "QUERY",
    "BODY": "BODY",
}


def _configured(entry: Mapping[str, Any]) -> Iterable[Protected]:
    field = entry["Field"]
    kind = _FIELD_TYPES[field["FieldType"]]
    for name in field.get("FieldKeys") or [""]:
        yield Protected(
            kind,
            name.lower() if kind == "HEADER" else name,
            hashes=entry["Action"] == "HASH",
            tells_matches=bool(entry.get("ExcludeRuleMatchDetails")),
            tells_rates=bool(entry.get("ExcludeRateBasedDetails")),
        )


def _redacted(field: Mapping[str, Any]) -> Protected:
    """A FieldToMatch of RedactedFields: UriPath, QueryString, SingleHeader or Method."""
    if "SingleHeader" in field:
        return Protected("HEADER", field["SingleHeader"]["Name"].lower())
    if "UriPath" in field:
        return Protected("PATH")
    return Protected("QUERY" if "QueryString" in field else "METHOD")
