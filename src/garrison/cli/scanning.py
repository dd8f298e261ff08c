"""`garrison scan`: what a host, a mounted root file system, an image or a bill of material holds, and what is wrong with it.

Nothing is asked of the network; nothing in the target is run, followed out of it, or unpacked to disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrison.cli.assessing import FailOn
from garrison.cli.options import HomeOption, JsonOption, home_of
from garrison.cli.output import Exit
from garrison.cli.scan_forms import Form, write
from garrison.cli.scan_reporting import keep
from garrison.clock import SystemClock
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.findings import Finding


def scan(
    target: Annotated[str, typer.Argument(help="A folder (/ is this host), an image's tar file, or an SBOM in JSON.")],
    form: Annotated[Form, typer.Option("--format", help="How the result is written.")] = Form.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Write also what passed and what does not apply.")] = False,
    database: Annotated[
        Path | None, typer.Option("--database", help="The vulnerability database; else the home's.")
    ] = None,
    exceptions: Annotated[
        Path | None, typer.Option("--exceptions", help="A TOML file of findings to live with; else the home's.")
    ] = None,
    vex: Annotated[
        list[Path] | None,
        typer.Option(
            "--vex", help="An OpenVEX, CSAF or CycloneDX document that says what does not concern it; repeatable."
        ),
    ] = None,
    languages: Annotated[
        bool, typer.Option("--languages/--no-languages", help="Look through the whole tree for packages of languages.")
    ] = True,
    checks: Annotated[bool, typer.Option("--checks/--no-checks", help="Judge its configuration by our rules.")] = True,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 4 for findings of at least this severity.")
    ] = FailOn.LOW,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 also where something could not be decided.")
    ] = False,
    report: Annotated[
        str, typer.Option("--report", help="Keep it as the last report of the host with this name, in the home.")
    ] = "",
    endpoint_url: Annotated[
        str | None, typer.Option("--endpoint-url", help="Keep the report at this server instead, with AWS credentials.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Scan a host, a root file system, an image or an SBOM, without the network; exits with 4 where something is wrong."""
    from garrison.cli.assessing import exemptions_of
    from garrison.cli.scan_findings import findings
    from garrison.cli.scan_result import scan as scanned
    from garrison.cli.scan_vex import statements
    from garrison.findings import excused
    from garrison.scan.vulnerabilities.schema import FILE_NAME

    place = home_of(home)
    if endpoint_url is not None and not report:
        raise typer.BadParameter("--endpoint-url says where the report is kept: give --report NAME.")
    if database is not None and not database.exists():
        raise OperatorError(f"There is no database at {database}.", "Build one: garrison vulndb update")
    said = [statement for path in vex or () for statement in statements(path)]
    found = scanned(target, database or place.path / FILE_NAME, with_languages=languages, with_checks=checks, vex=said)
    at = SystemClock().now()
    if report:
        keep(found, report, at, home=home, endpoint_url=endpoint_url)
    exemptions = exemptions_of(exceptions, home)
    told = excused(findings(found, at), exemptions, at)
    write(found, told, Form.JSON if as_json else form, output, at=at, everything=everything, exemptions=exemptions)
    raise typer.Exit(_exit_code(told, fail_on, strict))


def _exit_code(told: Sequence[Finding], fail_on: FailOn, strict: bool) -> Exit:
    """4 where something of that severity or worse counts, or, if strict, where something is not known."""
    from garrison.findings import Severity, State

    if strict and any(each.state is State.UNKNOWN for each in told):
        return Exit.ATTENTION
    if fail_on is FailOn.NEVER:
        return Exit.OK
    least = Severity(fail_on.value.upper()).rank
    return Exit.ATTENTION if any(each.counts and each.severity.rank >= least for each in told) else Exit.OK
