"""`garrison template check`: our own validation, cfn-lint, Config's rules and Access Analyzer's checks, before anything is deployed.

It needs neither a server nor an account: `--home` is taken as every command takes it, and not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from garrison.cli.assessing import FailOn
from garrison.cli.options import HomeOption, JsonOption, words
from garrison.cli.output import Exit
from garrison.cli.template.forms import Form, write
from garrison.cli.template.found import RANKS, Found
from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.rules import Severity
from garrison.templates import MAX_BYTES, Scope, Template, TemplateInvalid, parse, validate
from garrison.templates.items import given_or_made_up, placeholder_scope
from garrison.templates.items.placeholders import ACCOUNT, REGION

Files = Annotated[
    list[Path], typer.Argument(help="Templates as JSON or YAML.", exists=True, dir_okay=False, readable=True)
]


@dataclass(slots=True)
class Checked:
    """One template and what was found in it."""

    file: str
    findings: list[Found] = field(default_factory=list)
    resources: int = 0
    policies: int = 0
    decided: int = 0
    """Pairs of a Config rule and a resource."""
    not_run: list[str] = field(default_factory=list)
    """Checks that could not be made, with the reason."""


def check(
    file: Files,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", help="A parameter of the template: NAME=VALUE; others by default or made up."),
    ] = None,
    rules: Annotated[str, typer.Option("--rules", help="Config rules or patterns with commas between.")] = "",
    lint: Annotated[bool, typer.Option("--lint/--no-lint", help="Have cfn-lint look at it too.")] = True,
    account: Annotated[str, typer.Option("--account", help="The account that it is worked out for.")] = ACCOUNT,
    region: Annotated[str, typer.Option("--region", help="The region that it is worked out for.")] = REGION,
    form: Annotated[Form, typer.Option("--format", help="How the answer is written.")] = Form.TEXT,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 4 for findings of at least this severity.")
    ] = FailOn.LOW,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check templates: that they work, what cfn-lint, Config's rules and Access Analyzer say. Exits with 4 where something is found."""
    given = dict(each.partition("=")[::2] for each in parameter or ())
    checking = _Checking(given, words(rules), lint, account, region, SystemClock().now())
    checked = [checking.checked(each) for each in file]
    if unknown := sorted(given.keys() - checking.declared):
        raise OperatorError(f"No template has a parameter {unknown[0]}.", "Look at its spelling.")
    write(checked, Form.JSON if as_json else form)
    found = [one.severity for each in checked for one in each.findings]
    least = 0 if fail_on is FailOn.NEVER else RANKS[Severity(fail_on.value.upper())]
    if fail_on is not FailOn.NEVER and any(RANKS[one] >= least for one in found):
        raise typer.Exit(Exit.ATTENTION)


@dataclass(frozen=True, slots=True)
class _Checking:
    """How templates are checked."""

    given: Mapping[str, str]
    rules: list[str]
    lints: bool
    account: str
    region: str
    at: datetime
    declared: set[str] = field(default_factory=set)
    """The parameters that templates were found to have."""

    def checked(self, file: Path) -> Checked:
        """One template; whatever is wrong with it is a finding."""
        made = Checked(str(file))
        text = _text(file)
        try:
            template = parse(text)
        except TemplateInvalid as error:
            made.findings.append(_invalid(error, None))
            return made
        self.declared.update(template.parameters)
        try:
            scope = self._scope(template)
            made.resources = len(scope.template.resources)
            self._look(made, scope)
        except TemplateInvalid as error:
            made.findings.append(_invalid(error, template))
        made.findings += self._linted(made, text)
        made.findings = _placed(made.findings, template)
        return made

    def _scope(self, template: Template) -> Scope:
        validate(template)
        given = {name: value for name, value in self.given.items() if name in template.parameters}
        scope = placeholder_scope(template, given_or_made_up(template, given), self.account, self.region)
        if scope.template is not template:
            validate(scope.template)
        return scope

    def _look(self, made: Checked, scope: Scope) -> None:
        from garrison.cli.template.judging import judged
        from garrison.cli.template.policies import checked

        found, made.decided = judged(scope, self.rules, self.at)
        made.findings += found
        found, made.policies = checked(scope)
        made.findings += found

    def _linted(self, made: Checked, text: str) -> Iterator[Found]:
        from garrison.cli.template.linting import is_there, linted

        if not self.lints:
            return
        if not is_there():
            made.not_run.append("cfn-lint: it is not installed (pip install garrison[templates])")
            return
        try:
            yield from linted(text, self.region)
        except Exception as error:  # a linter that breaks says nothing of the template
            made.not_run.append(f"cfn-lint: it broke ({type(error).__name__})")


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{file} cannot be read: {error}.", "Give a template in UTF-8.") from None


def _invalid(error: TemplateInvalid, template: Template | None) -> Found:
    place = error.place or (template.place(error.path) if template is not None and error.path else None)
    return Found("template", "TEMPLATE_INVALID", Severity.HIGH, error.message, error.path, place)


def _placed(findings: list[Found], template: Template) -> list[Found]:
    """The findings with their places, in the order of the text."""
    places = template.places({one.path for one in findings if one.place is None and one.path})
    made = [one if one.place is not None else replace(one, place=places.get(one.path)) for one in findings]
    return sorted(made, key=lambda one: (one.place or (0, 0), -RANKS[one.severity], one.code))
