"""Resource patterns as shapes, read field by field as AWS's own checks read them.

A `*` in the first five fields of an ARN stays in its field wherever the pattern's fields can be those of an ARN, and runs over
colons where they cannot (`arn:aws:logs:*:log-group:name` leaves the account out). `decide` lets it run everywhere; the two
differ only for a resource whose name repeats the fields of the pattern, and AWS's verdicts leave such names out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..document import Statement
from ..glob import Wild, literal_of
from ..resources import ARN_FIELDS
from ..variables import Template, Variable, parse_template
from .automaton import Accepts, Shape, Wildcard

TemplateToken = str | Wild | Variable

_ACCOUNT = re.compile(r"[0-9*?]*|aws[a-z-]*|amazon[a-z-]*|cloudfront")
"""What the account field of an ARN can be, wildcards included."""


@dataclass(frozen=True, slots=True)
class ResourcePattern:
    """One value of a `Resource` or `NotResource` element."""

    text: str
    template: Template
    shape: Shape
    """With any text in the place of a variable."""

    @property
    def has_variables(self) -> bool:
        """Whether what it matches depends on the request's context."""
        return self.template.static is None

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables in it."""
        return tuple(token for token in self.template.tokens if isinstance(token, Variable))


ANY_ARN = Shape(
    (*"arn:", ":", ":", ":", ":"),
    (*((number, Wildcard.NO_COLON) for number in (4, 5, 6, 7)), (8, Wildcard.ANY)),
)
"""`arn:*:*:*:*:*`: what a resource is where a pattern leaves everything open."""


def resource_patterns(statement: Statement, *, with_variables: bool) -> tuple[ResourcePattern, ...]:
    """The patterns of a statement, in the order they were written."""
    return tuple(_pattern(text, with_variables=with_variables) for text in statement.resources)


def _pattern(text: str, *, with_variables: bool) -> ResourcePattern:
    template = parse_template(text, with_variables=with_variables)
    return ResourcePattern(text, template, shape_of(_completed(template)))


def _completed(template: Template) -> tuple[TemplateToken, ...]:
    """As `decide` reads an ARN of fewer than six fields: the missing ones are `*`."""
    static = template.static
    if static is None or static == (Wild.MANY,):
        return template.tokens
    missing = ARN_FIELDS - 1 - literal_of(static).count(":")
    return (*static, *((":", Wild.MANY) * max(missing, 0)))


def shape_of(tokens: Sequence[TemplateToken]) -> Shape:
    """The shape of an ARN pattern."""
    narrow = _has_fields_of_an_arn(tokens)
    return _shaped(tokens, ARN_FIELDS - 1 if narrow else 0)


def part_shape(tokens: Sequence[TemplateToken], fields: int = 0) -> Shape:
    """The shape of tokens whose wildcards keep within the first `fields` fields of an ARN."""
    return _shaped(tokens, fields)


def _shaped(tokens: Sequence[TemplateToken], narrow_fields: int) -> Shape:
    positions: list[Accepts] = []
    loops: dict[int, Wildcard] = {}
    colons = 0
    for token in tokens:
        if isinstance(token, str):
            positions.extend(token)
            colons += token.count(":")
            continue
        wildcard = Wildcard.NO_COLON if colons < narrow_fields else Wildcard.ANY
        if token is Wild.ONE:
            positions.append(wildcard)
        else:
            loops[len(positions)] = Wildcard.ANY if isinstance(token, Variable) else wildcard
    return Shape(tuple(positions), tuple(sorted(loops.items())))


def _has_fields_of_an_arn(tokens: Sequence[TemplateToken]) -> bool:
    text = "".join(token if isinstance(token, str) else "?" if token is Wild.ONE else "*" for token in tokens)
    fields = text.split(":", ARN_FIELDS - 1)
    return len(fields) == ARN_FIELDS and fields[0] == "arn" and bool(_ACCOUNT.fullmatch(fields[4]))


_FILLINGS = ("aws", "example", "us-east-1", "111122223333", "example")
"""What stands for a wildcard in the second to sixth field of an example."""


def example_of(shape: Shape) -> str:
    """A resource of the shape that looks like one."""
    loops = dict(shape.loops)
    text: list[str] = []
    colons = 0
    for number in range(len(shape.positions) + 1):
        if number in loops:
            alone = (not text or text[-1] == ":") and (number == len(shape.positions) or shape.positions[number] == ":")
            text.append(_FILLINGS[min(max(colons, 1), 5) - 1] if alone or colons >= ARN_FIELDS - 1 else "")
        if number < len(shape.positions):
            accepts = shape.positions[number]
            text.append(accepts[0] if isinstance(accepts, str) else "x")
            colons += text[-1] == ":"
    return "".join(text)
