"""`garrison waf pull`: the web ACLs of an AWS account as drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli.accounts import EndpointOption, ExternalIdOption, ProfileOption, RegionsOption
from garrison.cli.options import HomeOption, JsonOption, words
from garrison.cli.output import Exit, emit, printable, save
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.cli.waf.pulling import Pulled

_SCOPES = ("REGIONAL", "CLOUDFRONT")


def pull(
    output: Annotated[Path, typer.Argument(help="The folder for the web ACLs, a bundle each.")],
    profile: ProfileOption = None,
    endpoint: EndpointOption = None,
    role_arn: Annotated[str | None, typer.Option("--role-arn", help="A role to assume first.")] = None,
    external_id: ExternalIdOption = None,
    regions: RegionsOption = "",
    scope: Annotated[str, typer.Option("--scope", help="REGIONAL or CLOUDFRONT; by default both.")] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read an AWS account's web ACLs, with all they refer to, as drafts to replay and tune. Exits with 4 where some could not be had."""
    from garrison.cli.waf.pulling import Puller
    from garrison.collect.upstream import Target, Upstream

    if scope and scope not in _SCOPES:
        raise OperatorError(f"There is no scope {scope}.", "Give REGIONAL or CLOUDFRONT.")
    try:
        upstream = Upstream(Target(profile=profile, endpoint_url=endpoint, role_arn=role_arn, external_id=external_id))
        chosen = upstream.enabled_regions() if regions == "all" else words(regions)
        pulled = list(Puller(upstream).pull(chosen, [scope] if scope else _SCOPES))
    except Exception as problem:
        raise OperatorError(
            f"The account cannot be asked: {problem}.", "See the profile, and its permissions."
        ) from None
    told: dict[str, Any] = {
        "web_acls": [_kept(one, output) for one in pulled if one.name],
        "problems": [*_unseen(pulled)],
    }
    emit(told, as_json, printable("\n".join(_lines(told))))
    if told["problems"] or any(one["problems"] for one in told["web_acls"]):
        raise typer.Exit(Exit.ATTENTION)


def _kept(one: Pulled, folder: Path) -> dict[str, Any]:
    """Writes the bundle, and tells whether it would work here."""
    from garrison.waf.bundle import encode
    from garrison.waf.program import Refused, compile_program

    problems = list(one.problems)
    told: dict[str, Any] = {"name": one.name, "region": one.region, "scope": one.scope, "problems": problems}
    if one.bundle is None:
        return told
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", one.name)
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{one.scope.lower()}-{one.region}-{safe}.json"
    save(encode(one.bundle) + b"\n", file)
    try:
        compile_program(one.bundle)
    except Refused as problem:
        problems.append(f"cannot be enforced here: {problem}")
    return told | {"file": str(file), "rules": len(one.bundle.web_acl.rules), "digest": one.bundle.digest}


def _unseen(pulled: list[Pulled]) -> Iterator[str]:
    """Places whose web ACLs could not be listed."""
    return (f"{one.scope} in {one.region}: {one.problems[0]}" for one in pulled if not one.name)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    for one in told["web_acls"]:
        yield f"{one.get('file', '(not had)')}: {one['name']}, {one.get('rules', 0)} rules"
        yield from (f"  {problem}" for problem in one["problems"])
    yield from told["problems"]
    if not told["web_acls"] and not told["problems"]:
        yield "The account has no web ACLs there."
