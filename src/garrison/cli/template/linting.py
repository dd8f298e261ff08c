"""What cfn-lint says of a template. It is loaded when first needed and comes with `pip install garrison[templates]`."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from garrison.cli.template.found import Found
from garrison.rules import Severity

_SEVERITIES = {"E": Severity.HIGH, "W": Severity.MEDIUM, "I": Severity.LOW}


def is_there() -> bool:
    """Whether cfn-lint is installed."""
    return find_spec("cfnlint") is not None


def linted(text: str, region: str) -> Iterator[Found]:
    """Its findings for a template that was read before, so that nothing in it is hostile to a parser."""
    from cfnlint.api import ManualArgs, lint

    for match in lint(text, config=ManualArgs(regions=[region])):
        yield _found(match)


def _found(match: Any) -> Found:
    code = match.rule.id
    path = tuple(int(each) if isinstance(each, int) else str(each) for each in getattr(match, "path", None) or ())
    return Found(
        source="cfn-lint",
        code=code,
        severity=_SEVERITIES.get(code[:1], Severity.MEDIUM),
        message=" ".join(match.message.split()),
        path=path,
        place=(match.linenumber, match.columnnumber),
    )
