"""`garrison findings`: what Inspector has found, in the forms that other tools take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison import __version__, codec
from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import Exit, table
from garrison.cli.rooted import root_of

if TYPE_CHECKING:
    from garrison.findings import Finding

_PAGE = 100
_FORMATS = ("table", "asff", "ocsf", "csv", "sarif", "junit", "json")
_ROWS = 50
"""That a table shows."""


def findings(
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(_FORMATS)}.")] = "table",
    severity: Annotated[
        list[str] | None, typer.Option(help="Of this severity; can be given more than once.", case_sensitive=False)
    ] = None,
    status: Annotated[str, typer.Option(help="active, suppressed or closed.", case_sensitive=False)] = "active",
    resource: Annotated[str | None, typer.Option(help="Of this resource only, by its id.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what Inspector has found, the worst first. The exit code is 4 where there is anything."""
    if form not in _FORMATS:
        raise typer.BadParameter(f"{form} is none of {', '.join(_FORMATS)}", param_hint="--format")
    criteria: dict[str, Any] = {"findingStatus": [_equal(status.upper())]}
    if severity:
        criteria["severity"] = [_equal(one.upper()) for one in severity]
    if resource:
        criteria["resourceId"] = [_equal(resource)]
    with root_of(home) as (_, root):
        listed = list(_listed(root, criteria))
    if as_json or form == "json":
        typer.echo(codec.encode({"findings": listed}))
    elif form == "table":
        _show(listed)
    else:
        typer.echo(_written(form, listed), nl=False)
    if listed:
        raise typer.Exit(Exit.ATTENTION)


def _equal(value: str) -> dict[str, str]:
    return {"comparison": "EQUALS", "value": value}


def _listed(root: Any, criteria: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    token: dict[str, str] = {}
    while True:
        answer = root.call(
            "inspector2",
            "ListFindings",
            filterCriteria=criteria,
            sortCriteria={"field": "SEVERITY", "sortOrder": "DESC"},
            maxResults=_PAGE,
            **token,
        )
        yield from answer["findings"]
        if not answer.get("nextToken"):
            return
        token = {"nextToken": answer["nextToken"]}


def _show(listed: list[dict[str, Any]]) -> None:
    rows = [
        [
            one["severity"],
            one["title"],
            one["resources"][0]["id"],
            f"{one.get('inspectorScore', '')}",
            one.get("fixAvailable", ""),
        ]
        for one in listed[:_ROWS]
    ]
    more = f" (the first {_ROWS} of {len(listed):,})" if len(listed) > _ROWS else ""
    table(f"Findings{more}", ["Severity", "Finding", "Resource", "Score", "Fix"], rows)


def _written(form: str, listed: list[dict[str, Any]]) -> str:
    from garrison.findings import asff, csv, junit, ocsf, sarif

    made = [as_finding(one) for one in listed]
    if form == "asff":
        return codec.encode([asff(one, __version__) for one in made]).decode() + "\n"
    if form == "ocsf":
        return "".join(codec.encode(ocsf(one, __version__)).decode() + "\n" for one in made)
    if form == "sarif":
        return codec.encode(sarif(made, __version__)).decode() + "\n"
    return csv(made) if form == "csv" else junit(made).decode()


def as_finding(shown: Mapping[str, Any]) -> Finding:
    """A finding of Inspector's API in the one form that leaves as ASFF, OCSF and the rest."""
    from garrison.findings import Finding, Severity, State

    resource = shown["resources"][0]
    flaw = shown.get("packageVulnerabilityDetails")
    account, region = shown["awsAccountId"], resource.get("region", "global")
    severity = shown["severity"]
    return Finding(
        check=flaw["vulnerabilityId"] if flaw else f"{shown['type']}/{shown['title']}",
        title=shown["title"],
        severity=Severity.INFORMATIONAL if severity == "UNTRIAGED" else Severity(severity),
        state=State.PASSED if shown["status"] == "CLOSED" else State.FAILED,
        account=account,
        region=region,
        resource_type="AWS::EC2::Instance",
        resource_id=resource["id"],
        arn=f"arn:aws:ec2:{region}:{account}:instance/{resource['id']}",
        seen_at=_moment(shown["lastObservedAt"]),
        tags=dict(resource.get("tags") or {}),
        evidence=shown["description"],
        fix=shown["remediation"]["recommendation"].get("text", ""),
        source=(flaw or {}).get("sourceUrl", ""),
        product="inspector",
        vulnerability=_vulnerability(shown, flaw) if flaw else None,
    )


def _vulnerability(shown: Mapping[str, Any], flaw: Mapping[str, Any]) -> Any:
    from garrison.findings.vulnerability import Cvss, Package, Vulnerability

    return Vulnerability(
        id=flaw["vulnerabilityId"],
        packages=tuple(
            Package(
                name=one["name"],
                version=one["version"],
                release=one.get("release", ""),
                epoch=one.get("epoch", 0),
                architecture=one.get("arch", ""),
                manager=one.get("packageManager", ""),
                path=one.get("filePath", ""),
                fixed_in="" if one.get("fixedInVersion") == "NotAvailable" else one.get("fixedInVersion", ""),
                remedy=one.get("remediation", ""),
            )
            for one in flaw.get("vulnerablePackages") or ()
        ),
        scores=tuple(
            Cvss(version=one["version"], base=one["baseScore"], vector=one["scoringVector"], source=one["source"])
            for one in flaw.get("cvss") or ()
        ),
        related=tuple(flaw.get("relatedVulnerabilities") or ()),
        urls=tuple(flaw.get("referenceUrls") or ()),
        vendor=flaw["source"],
        vendor_url=flaw.get("sourceUrl", ""),
        vendor_severity=flaw.get("vendorSeverity", ""),
        epss=(shown.get("epss") or {}).get("score"),
        fix=shown.get("fixAvailable", ""),
        is_exploited=shown.get("exploitAvailable") == "YES",
    )


def _moment(at: Any) -> datetime:
    """A time of the API's, as a client or as JSON gives it."""
    if isinstance(at, datetime):
        return at
    if isinstance(at, str):
        return datetime.fromisoformat(at)
    return datetime.fromtimestamp(float(at), UTC)
