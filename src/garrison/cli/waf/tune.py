"""`garrison waf tune`: the narrowest exception that lets a false positive pass, and the proof of what it costs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, printable, save
from garrison.cli.waf.logs import files_of, requests_in
from garrison.cli.waf.requests import recorded_of
from garrison.cli.waf.web_acls import BundleOption, ScopeOption, WebAclOption, bundle_of
from garrison.errors import OperatorError
from garrison.waf.bundle import Bundle, encode
from garrison.waf.drafts import sealed
from garrison.waf.program import Refused
from garrison.waf.tuning import Attack, Proposal, Untunable, attacks_around, propose

_MOST_ATTACKS = 5_000
_SHOWN = 20
_STOPPED = frozenset({None, "BLOCK"})


def tune(
    request: Annotated[
        str,
        typer.Argument(help="The false positive: curl's command line, a HAR entry, a WAF log record or a raw request."),
    ],
    web_acl: WebAclOption = None,
    bundle: BundleOption = None,
    scope: ScopeOption = "REGIONAL",
    attacks: Annotated[
        list[Path] | None,
        typer.Option("--attacks", help="Logs or HAR files whose blocked requests must go on being blocked."),
    ] = None,
    address: Annotated[str, typer.Option("--address", help="The client's address.")] = "",
    number: Annotated[int, typer.Option("--number", min=1, help="Which request of the file.")] = 1,
    output: Annotated[
        Path | None, typer.Option("--output", help="Write the changed web ACL there, as a bundle.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose the narrowest exception for a false positive, and prove what goes on being blocked. Changes nothing."""
    before = bundle_of(home, web_acl, bundle, scope)
    recorded = recorded_of(request, number, address, time.time())
    tried = [*attacks_around(recorded.request), *_logged(attacks or [])]
    try:
        proposal = propose(before, recorded.request, tried, now=recorded.at)
    except Untunable as problem:
        raise OperatorError(f"There is nothing to propose: {problem}.", "`garrison waf explain` tells more.") from None
    except Refused as problem:
        raise OperatorError(f"The web ACL cannot be used: {problem}.", "Correct the rule.") from None
    if output is not None:
        save(encode(sealed(proposal.bundle)) + b"\n", output)
    told = _told(before, proposal)
    if recorded.gaps.names:
        told["Missing"] = list(recorded.gaps.names)
    emit(told, as_json, printable("\n".join(_lines(told))))


def _logged(paths: Iterable[Path]) -> Iterator[Attack]:
    """Requests of logs that were blocked then, or of files that do not tell."""
    count = 0
    for path in files_of(paths):
        for line, found in enumerate(requests_in(path, None), 1):
            if found is None or found.action not in _STOPPED:
                continue
            count += 1
            if count > _MOST_ATTACKS:
                return
            yield Attack(f"{path.name}:{line}", found.request)


def _told(before: Bundle, proposal: Proposal) -> dict[str, Any]:
    groups = {
        arn: _plain(group) for arn, group in proposal.bundle.rule_groups.items() if group != before.rule_groups.get(arn)
    }
    told = {
        "BlockedBy": list(proposal.rules),
        "Changes": list(proposal.steps),
        "Proof": {
            "FalsePositivePasses": True,
            "AttacksBlockedBefore": proposal.blocked,
            "AttacksStillBlocked": proposal.blocked - len(proposal.lost),
            "NoLongerBlocked": list(proposal.lost),
        },
        "Rules": [_plain(rule) for rule in proposal.bundle.web_acl.rules],
    }
    return told | ({"RuleGroups": groups} if groups else {})


def _plain(value: Any) -> Any:
    """As `wafv2` takes it: without what is not set, search strings in base64."""
    return _without_nothing(msgspec.to_builtins(value))


def _without_nothing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nothing(one) for key, one in value.items() if one is not None and one not in ((), [])}
    return [_without_nothing(one) for one in value] if isinstance(value, list | tuple) else value


def _lines(told: dict[str, Any]) -> Iterator[str]:
    proof = told["Proof"]
    yield from (f"{number}. {step}" for number, step in enumerate(told["Changes"], 1))
    yield ""
    yield "The false positive passes."
    yield f"Of {proof['AttacksBlockedBefore']} attacks that were blocked, {proof['AttacksStillBlocked']} still are."
    yield from (f"  no longer: {name}" for name in proof["NoLongerBlocked"][:_SHOWN])
    if len(proof["NoLongerBlocked"]) > _SHOWN:
        yield f"  and {len(proof['NoLongerBlocked']) - _SHOWN} more: see --json"
    yield ""
    yield "Rules of the web ACL, for `aws wafv2 update-web-acl --rules`:"
    yield msgspec.json.format(msgspec.json.encode(told["Rules"]), indent=2).decode()
    for arn, group in told.get("RuleGroups", {}).items():
        yield f"Rules of {arn}, for `aws wafv2 update-rule-group --rules`:"
        yield msgspec.json.format(msgspec.json.encode(group["Rules"]), indent=2).decode()
