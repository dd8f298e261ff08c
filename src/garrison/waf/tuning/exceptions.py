"""Which requests are to be let off a rule: as few others as possible beside the false positive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from garrison.waf.decision import Evidence
from garrison.waf.document import FieldToMatch, Statement
from garrison.waf.document.fields import (
    CookieMatchPattern,
    Cookies,
    Empty,
    JsonBody,
    JsonMatchPattern,
    Named,
    TextTransformation,
)
from garrison.waf.document.statements import (
    AndStatement,
    ByteMatchStatement,
    NotStatement,
    SqliMatchStatement,
    XssMatchStatement,
)
from garrison.waf.request import Request

MOST_SEARCH_BYTES = 200
"""Of a search string (WAF Developer Guide, "String match rule statement")."""
_NONE = (TextTransformation(0, "NONE"),)


@dataclass(frozen=True, slots=True)
class Exemption:
    """A statement that the false positive matches."""

    statement: Statement
    why: str
    """What it lets off, in plain words."""


def exemptions_for(request: Request, found: tuple[Evidence, ...]) -> list[Exemption]:
    """The narrowest first: where the rule matched in one argument, header or cookie only what matches there is let off."""
    path = request.target.partition(b"?")[0]
    there = [_path(path), _method(request.method)]
    shown = path[:MOST_SEARCH_BYTES].decode("utf-8", "backslashreplace")
    where = f"{request.method.decode('latin-1')} {shown}"
    exemptions = [
        Exemption(_all([*there, statement]), f"{where}, where the match is in {one.field} {one.place}")
        for one in found
        if (statement := _in_place(one)) is not None
    ]
    return [*exemptions, Exemption(_all(there), where)]


def both(statement: Statement, exemption: Statement) -> Statement:
    """What the statement matches, and the exemption does not."""
    negated = Statement(not_statement=NotStatement(exemption))
    parts = statement.and_statement.statements if statement.and_statement is not None else (statement,)
    return Statement(and_statement=AndStatement((*parts, negated)))


def _all(statements: list[Statement]) -> Statement:
    return Statement(and_statement=AndStatement(tuple(statements)))


def _path(path: bytes) -> Statement:
    return _bytes(FieldToMatch(uri_path=Empty()), path)


def _method(method: bytes) -> Statement:
    return _bytes(FieldToMatch(method=Empty()), method)


def _bytes(field: FieldToMatch, search: bytes) -> Statement:
    """Exactly these bytes; of more than a search string may have, the beginning."""
    exactly = len(search) <= MOST_SEARCH_BYTES
    match = ByteMatchStatement(
        field_to_match=field,
        text_transformations=_NONE,
        search_string=search[:MOST_SEARCH_BYTES],
        positional_constraint="EXACTLY" if exactly else "STARTS_WITH",
    )
    return Statement(byte_match_statement=match)


def _in_place(evidence: Evidence) -> Statement | None:
    """The same detection, in the one place where it matched; None where it is no detection or the place cannot be named."""
    field = _field(evidence)
    if field is None or evidence.condition not in {"SQL_INJECTION", "XSS"}:
        return None
    types = evidence.transformations or ("NONE",)
    seen: dict[str, Any] = {
        "field_to_match": field,
        "text_transformations": tuple(TextTransformation(number, name) for number, name in enumerate(types)),
    }
    if evidence.condition == "XSS":
        return Statement(xss_match_statement=XssMatchStatement(**seen))
    sqli = SqliMatchStatement(**seen)
    level = "HIGH" if evidence.level == "HIGH" else "LOW"
    return Statement(sqli_match_statement=msgspec.structs.replace(sqli, sensitivity_level=level))


def _field(evidence: Evidence) -> FieldToMatch | None:
    place = evidence.place
    if not place:
        return None
    if "QUERY_ARG" in evidence.field:
        return FieldToMatch(single_query_argument=Named(place))
    if evidence.field.startswith("COOKIE"):
        return FieldToMatch(cookies=Cookies(CookieMatchPattern(included_cookies=(place,)), "VALUE", "CONTINUE"))
    if evidence.field.startswith("HEADER"):
        return FieldToMatch(single_header=Named(place))
    if evidence.field == "JSON_BODY" and place.startswith("/"):
        pattern = JsonMatchPattern(included_paths=(place,))
        return FieldToMatch(json_body=JsonBody(pattern, "VALUE", oversize_handling="CONTINUE"))
    return None
