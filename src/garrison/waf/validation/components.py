"""Fields to match and text transformations.

Sources: https://docs.aws.amazon.com/waf/latest/APIReference/API_FieldToMatch.html,
https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from garrison.waf.document import FieldToMatch, Matching, Transformations
from garrison.waf.document.fields import OWN_FIELDS, CookieMatchPattern, HeaderMatchPattern, JsonMatchPattern
from garrison.waf.transformations import PRE_PARSE, TRANSFORMATIONS
from garrison.waf.validation.problems import DUPLICATE_PRIORITY, FORMAT, Problem, exactly_one

MOST_TRANSFORMATIONS = 10
MOST_NAMES = 199
"""Of headers or cookies in a pattern (API reference, "HeaderMatchPattern")."""
HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}")
_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")


def matching_problems(statement: Matching) -> Iterator[Problem]:
    """What is wrong with what a statement reads."""
    yield from field_problems(statement.field_to_match)
    yield from transformation_problems(statement.text_transformations)
    yield from transformation_problems(
        statement.pre_parse_text_transformations, "PRE_PARSE_TEXT_TRANSFORMATION", needs_one=False
    )


def transformation_problems(
    given: Transformations, field: str = "TEXT_TRANSFORMATION", *, needs_one: bool = True
) -> Iterator[Problem]:
    """One to ten, of known types, each with a priority of its own."""
    if len(given) > MOST_TRANSFORMATIONS or (needs_one and not given):
        yield Problem(field, "TextTransformations", f"There are 1 to {MOST_TRANSFORMATIONS} text transformations.")
    if len({one.priority for one in given}) < len(given):
        yield Problem(field, "Priority", DUPLICATE_PRIORITY)
    known = TRANSFORMATIONS if needs_one else PRE_PARSE
    for one in given:
        if one.type not in known:
            yield Problem(field, one.type, "There is no such text transformation.")


def field_problems(field: FieldToMatch) -> Iterator[Problem]:
    """Exactly one field, with patterns that name something."""
    members = [getattr(field, name) for name in field.__struct_fields__ if name not in OWN_FIELDS]
    yield from exactly_one("FIELD_TO_MATCH", "FieldToMatch", *members)
    for own in OWN_FIELDS:
        if getattr(field, own) is not None:
            yield Problem("FIELD_TO_MATCH", own, "There is no such field.")
    if field.single_header is not None and not HEADER_NAME.fullmatch(field.single_header.name):
        yield Problem("SINGLE_HEADER", field.single_header.name, FORMAT)
    if field.json_body is not None:
        yield from _json_problems(field.json_body.match_pattern)
    if field.headers is not None:
        yield from _names_problems("HEADER_MATCH_PATTERN", field.headers.match_pattern)
    if field.cookies is not None:
        yield from _names_problems("COOKIE_MATCH_PATTERN", field.cookies.match_pattern)


def _json_problems(pattern: JsonMatchPattern) -> Iterator[Problem]:
    yield from exactly_one("JSON_MATCH_PATTERN", "MatchPattern", pattern.all, pattern.included_paths or None)
    for path in pattern.included_paths:
        if not _POINTER.fullmatch(path):
            yield Problem("JSON_MATCH_PATTERN", path, FORMAT)


def _names_problems(field: str, pattern: HeaderMatchPattern | CookieMatchPattern) -> Iterator[Problem]:
    every, *lists = msgspec.structs.astuple(pattern)
    yield from exactly_one(field, "MatchPattern", every, *(names or None for names in lists))
    if any(len(names) > MOST_NAMES for names in lists):
        yield Problem(field, "MatchPattern", f"A pattern names at most {MOST_NAMES}.")
