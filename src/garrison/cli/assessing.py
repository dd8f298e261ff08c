"""`garrison assess`: collect an account, judge it by rules, and say what is wrong, what brought it about and how to put it right."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from garrison import codec
from garrison.cli.accounts import (
    EndpointOption,
    ExternalIdOption,
    MostRequestsOption,
    ProfileOption,
    RegionsOption,
    RoleOption,
    WorkersOption,
    collected,
    complain_of_nothing,
    is_upstream,
    targets_of,
)
from garrison.cli.assessment_forms import Format, write
from garrison.cli.collecting import TypesOption
from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of, words
from garrison.cli.output import Exit
from garrison.clock import SystemClock
from garrison.errors import GarrisonError, OperatorError
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.assess import Assessment, Chosen, NamedPack
    from garrison.collect import Result
    from garrison.findings import Exemption
    from garrison.runtime.home import Home


class FailOn(StrEnum):
    """From which severity on a failure makes the command exit with 4."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NEVER = "never"


PackOption = Annotated[
    list[str] | None,
    typer.Option(
        "--pack",
        help="A conformance pack's file, or the name of one of ours (garrison, pci-dss); by default all rules are applied.",
    ),
]
ParameterOption = Annotated[list[str] | None, typer.Option("--parameter", help="A parameter of the packs: NAME=VALUE.")]
RulesOption = Annotated[str, typer.Option("--rules", help="Rules or patterns with commas between: S3_BUCKET_*.")]
ExceptionsOption = Annotated[
    Path | None,
    typer.Option("--exceptions", help="A TOML file of failures to live with; else exceptions.toml in the home."),
]


def assess(
    profile: ProfileOption = None,
    endpoint: EndpointOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    own: Annotated[
        bool, typer.Option("--own", help="Assess Garrison's own account, whatever credentials there are.")
    ] = False,
    regions: RegionsOption = "",
    pack: PackOption = None,
    parameter: ParameterOption = None,
    rules: RulesOption = "",
    types: TypesOption = "",
    form: Annotated[Format, typer.Option("--format", help="How the result is written.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Write also what passed and what does not apply.")] = False,
    exceptions: ExceptionsOption = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="Exit with 4 for failures of at least this severity.")
    ] = FailOn.LOW,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 4 also where something could not be decided.")
    ] = False,
    print_policy: Annotated[
        bool, typer.Option("--print-policy", help="Print the least IAM policy that is needed, and call nothing.")
    ] = False,
    keeps: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Record it in the home, for diff and timeline.")
    ] = True,
    max_requests: MostRequestsOption = None,
    workers: WorkersOption = 8,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Assess an AWS account, or without credentials Garrison's own; exits with 4 where something is wrong."""
    from garrison.collect import ALL_REGIONS, Wanted
    from garrison.rules import needs

    form = Format.JSON if as_json else form
    chosen = _chosen(pack or [], parameter or [], words(rules), words(types))
    wanted_parts = {name: parts for name, parts in needs(chosen.rules).items() if _is_collectable(name)}
    if print_policy:
        _print_policy(wanted_parts, every_region=ALL_REGIONS in words(regions))
        return
    exemptions = exemptions_of(exceptions, home)
    targets = targets_of(profile, endpoint, role_arn, external_id)
    results: Iterable[Result]
    if own or not is_upstream(targets[0], home):
        chosen, results = _of_own_account(chosen, wanted_parts, home)
    else:
        wanted = Wanted(
            targets=targets,
            regions=words(regions),
            types=list(wanted_parts),
            most_requests=max_requests,
            parts=wanted_parts,
        )
        results = collected(wanted, workers, home, quiet=as_json)
    assessment = _assessed(chosen, results, exemptions)
    place = home_of(home)
    if place.exists:
        _with_causes(assessment, place)
    write(assessment, form, output, everything=everything, exemptions=exemptions)
    if keeps and place.exists:
        _keep(assessment, place)
    raise typer.Exit(exit_code(assessment, fail_on, strict))


def _print_policy(wanted_parts: Mapping[str, Iterable[str]], *, every_region: bool) -> None:
    from garrison.assess import policy_for

    policy = policy_for(wanted_parts, every_region=every_region)
    sys.stdout.write(msgspec.json.format(codec.encode(policy), indent=2).decode() + "\n")


def _of_own_account(
    chosen: Chosen, wanted_parts: Mapping[str, frozenset[str]], home: Path | None
) -> tuple[Chosen, Iterable[Result]]:
    """Those of the rules that Garrison's own account can be judged by, and what is collected of it."""
    from garrison.runtime.own_account import collect_own, own_types

    return chosen.of_types(own_types()), collect_own(load_settings(existing_home(home).path), wanted_parts)


def _with_causes(assessment: Assessment, home: Home) -> None:
    """Say of each failure which call brought it about, where the home has events that tell."""
    from garrison.runtime.changing_events import load

    if not assessment.failures:
        return
    try:
        events = load(home, load_settings(home.path), list(assessment.items))
    except GarrisonError as error:  # the lake may be elsewhere, and out of reach
        typer.echo(f"Which calls were behind it could not be asked: {error}", err=True)
        return
    rules = {active.name: active.rule for active in assessment.chosen.rules}
    assessment.findings = [
        msgspec.structs.replace(each, cause=events.cause(each, rules[each.check])) if each.state == "FAILED" else each
        for each in assessment.findings
    ]


def _keep(assessment: Assessment, home: Home) -> None:
    from garrison.runtime.assessments import keep

    keep(home, assessment, sync=not load_settings(home.path).ephemeral)


def exit_code(assessment: Assessment, fail_on: FailOn, strict: bool) -> Exit:
    """4 where a failure of that severity or worse counts, or, if strict, where something is not known."""
    from garrison.findings import Severity, State

    if strict and (assessment.unseen or any(one.state is State.UNKNOWN for one in assessment.findings)):
        return Exit.ATTENTION
    worst = assessment.worst
    if fail_on is FailOn.NEVER or worst is None:
        return Exit.OK
    return Exit.ATTENTION if worst.rank >= Severity(fail_on.value.upper()).rank else Exit.OK


def _chosen(packs: list[str], parameters: list[str], rules: list[str], types: list[str]) -> Chosen:
    from garrison.assess import choose
    from garrison.rules import managed_rules

    given = dict(each.partition("=")[::2] for each in parameters)
    chosen = choose(managed_rules(), packs=[_pack(each, given) for each in packs], patterns=rules, types=types)
    if not chosen.rules:
        raise OperatorError("No rule is left to apply.", "Ask for more with --rules, --types or --pack.")
    return chosen


def _pack(name: str, parameters: dict[str, str]) -> NamedPack:
    from garrison.assess import NamedPack
    from garrison.rules.packs import MAX_TEMPLATE_BYTES, UnusablePack, ours, read_pack, template_of_ours

    path = Path(name)
    try:
        if name in ours():
            text = template_of_ours(name)
        else:
            with path.open("rb") as file:
                text = file.read(MAX_TEMPLATE_BYTES + 1)
    except OSError as error:
        raise OperatorError(
            f"The pack {name} cannot be read: {error.strerror}.",
            f"Give the path of its YAML file, or the name of one of ours: {', '.join(ours())}.",
        ) from None
    try:
        declared = {key: value for key, value in parameters.items() if key.encode() in text}
        return NamedPack(path.stem, read_pack(text, declared))
    except UnusablePack as error:
        raise OperatorError(
            f"{name} is no conformance pack: {error}.", "docs/config-rules.md says what packs may be."
        ) from None


def _is_collectable(resource_type: str) -> bool:
    from garrison.collect import types

    return resource_type in types()


def exemptions_of(path: Path | None, home: Path | None) -> list[Exemption]:
    """The exceptions of a file, or of the home's where none is named; raises `OperatorError`."""
    from garrison.findings import UnusableExemptions, read_exemptions

    place = path or home_of(home).path / "exceptions.toml"
    if path is None and not place.exists():
        return []
    try:
        return read_exemptions(place.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{place} cannot be read: {error}.", "Give a file of yours with --exceptions.") from None
    except UnusableExemptions as error:
        raise OperatorError(f"{place}: {error}.", "docs/assess.md says what an exception is made of.") from None


def _assessed(chosen: Chosen, results: Iterable[Result], exemptions: list[Exemption]) -> Assessment:
    from garrison.assess import assess as judge_all

    assessment = judge_all(chosen, results, at=SystemClock().now(), exemptions=exemptions)
    complain_of_nothing(assessment.outcomes)
    return assessment
