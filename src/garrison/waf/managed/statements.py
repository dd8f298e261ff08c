"""From what a data file says to the statements of a web ACL's language."""

from __future__ import annotations

from collections.abc import Iterator

from garrison.waf.document import FieldToMatch, RuleAction, Statement, TextTransformation, Transformations
from garrison.waf.document.actions import BlockAction, PassingAction
from garrison.waf.document.fields import (
    Body,
    CookieMatchPattern,
    Cookies,
    Empty,
    HeaderMatchPattern,
    Headers,
    Named,
)
from garrison.waf.document.statements import (
    ByteMatchStatement,
    IPSetReferenceStatement,
    NotStatement,
    OrStatement,
    RegexMatchStatement,
    SizeConstraintStatement,
    SqliMatchStatement,
    XssMatchStatement,
)
from garrison.waf.managed.texts import Detection, Place, RuleText

LIST_PREFIX = "garrison:waf-list/"
"""What the references to lists that the operator supplies begin with: `garrison:waf-list/ip-reputation`. They stand among a bundle's IP sets."""

ACTIONS = {"Block": RuleAction(block=BlockAction()), "Count": RuleAction(count=PassingAction())}


def statement_of(rule: RuleText, detections: dict[str, Detection]) -> Statement:
    """The one statement of a rule: any of its detections in any of its places.

    Raises: KeyError: it names a detection that is not there.
    """
    return any_of([each for name in rule.detections for each in _statements(rule, detections[name])])


def any_of(statements: list[Statement]) -> Statement:
    """One that matches where any of them does."""
    return statements[0] if len(statements) == 1 else Statement(or_statement=OrStatement(tuple(statements)))


def _statements(rule: RuleText, detection: Detection) -> Iterator[Statement]:
    if detection.list:
        yield Statement(ip_set_reference_statement=IPSetReferenceStatement(arn=LIST_PREFIX + detection.list))
        return
    after = tuple(TextTransformation(number, kind) for number, kind in enumerate(detection.after or ("NONE",)))
    for place in detection.only or rule.places:
        yield from _in_field(field_of(place, rule), after, detection)


def _in_field(field: FieldToMatch, after: Transformations, detection: Detection) -> Iterator[Statement]:
    for regex in expressions_of(detection):
        yield Statement(
            regex_match_statement=RegexMatchStatement(
                regex_string=regex, field_to_match=field, text_transformations=after
            )
        )
    for string in detection.strings:
        yield Statement(
            byte_match_statement=ByteMatchStatement(
                search_string=string.encode(),
                positional_constraint="EXACTLY",
                field_to_match=field,
                text_transformations=after,
            )
        )
    if detection.sqli is not None:
        yield Statement(
            sqli_match_statement=SqliMatchStatement(
                sensitivity_level=detection.sqli, field_to_match=field, text_transformations=after
            )
        )
    if detection.xss:
        yield Statement(xss_match_statement=XssMatchStatement(field_to_match=field, text_transformations=after))
    if detection.longer_than is not None:
        yield _longer_than(field, after, detection.longer_than)
    if detection.absent:
        yield Statement(not_statement=NotStatement(_longer_than(field, after, 0)))


def expressions_of(detection: Detection) -> Iterator[str]:
    """The regular expressions, with the words in their places."""
    for regex in detection.regexes:
        expression = regex
        for name, words in detection.words.items():
            expression = expression.replace(f"<{name}>", f"(?:{'|'.join(words)})")
        yield expression


def _longer_than(field: FieldToMatch, after: Transformations, size: int) -> Statement:
    return Statement(
        size_constraint_statement=SizeConstraintStatement(
            comparison_operator="GT", size=size, field_to_match=field, text_transformations=after
        )
    )


def field_of(place: Place, rule: RuleText) -> FieldToMatch:
    """The field to match of a place. What is too large is inspected as far as it is read: sizes have rules of their own."""
    match place:
        case "header":
            return FieldToMatch(single_header=Named(rule.header))
        case "headers":
            return _HEADERS
        case "file name headers":
            return _FILE_NAME_HEADERS
        case "shown headers":
            return _SHOWN_HEADERS
        case "cookies":
            return FieldToMatch(cookies=Cookies(CookieMatchPattern(all=Empty()), "ALL", "CONTINUE"))
        case "body":
            return FieldToMatch(body_arguments=Body("CONTINUE"))
        case "raw body":
            return FieldToMatch(body=Body("CONTINUE"))
        case _:
            return _PLAIN[place]


def _some_headers(*names: str) -> FieldToMatch:
    return FieldToMatch(headers=Headers(HeaderMatchPattern(included_headers=names), "VALUE", "CONTINUE"))


_HEADERS = FieldToMatch(headers=Headers(HeaderMatchPattern(excluded_headers=("cookie",)), "VALUE", "CONTINUE"))
"""Cookies are looked at one by one."""
_FILE_NAME_HEADERS = _some_headers("x-filename", "x_filename", "x.filename", "x-file-name")
"""In which uploads without a form name their file."""
_SHOWN_HEADERS = _some_headers("user-agent", "referer")
_PLAIN: dict[Place, FieldToMatch] = {
    "argument names": FieldToMatch(argument_names=Empty()),
    "method": FieldToMatch(method=Empty()),
    "path": FieldToMatch(uri_path=Empty()),
    "query arguments": FieldToMatch(decoded_query_arguments=Empty()),
    "query string": FieldToMatch(query_string=Empty()),
}
