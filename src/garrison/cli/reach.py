"""`garrison reach`: which ports of which instance can be reached from outside its network, and by which way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import emit, plain, printable, table
from garrison.errors import OperatorError
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.items import Item
    from garrison.scan.reachability import Exposure, PortFinding
    from garrison.scan.report import Report

_PREFIXES = ("AWS::EC2::", "AWS::ElasticLoadBalancing")
_LONGEST_LINE = 16 * 1024 * 1024
_MOST_SOURCES = 3


def reach(
    instance: Annotated[str | None, typer.Argument(metavar="[INSTANCE]", help="An instance's id; all without.")] = None,
    items: Annotated[
        Path | None,
        typer.Option("--items", help="What `garrison collect --output` wrote; else what Config has recorded."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell which ports of instances the internet, peers and VPNs can reach, by collected configuration; nothing is sent."""
    from garrison.scan.reachability import findings_of
    from garrison.scan.reachability import reach as reached

    known = list(_read(items) if items is not None else _recorded(home))
    if not any(one.resource_type in ("AWS::EC2::Instance", "AWS::EC2::NetworkInterface") for one in known):
        raise OperatorError(
            "No instances are known.", "Collect them: garrison collect --types 'AWS::EC2::*' --output FILE."
        )
    found = [one for one in reached(known) if instance in (None, one.instance)]
    findings = findings_of(found, {} if items is not None else _reports(home, found))
    if as_json:
        emit({"exposures": [_exposure(one) for one in found], "findings": [_finding(one) for one in findings]}, True)
        return
    if not found:
        typer.echo(f"Nothing outside reaches {instance or 'any instance'}.")
        return
    _show(found, findings)
    if instance is not None:
        _show_ways(found)


def _show(found: list[Exposure], findings: list[PortFinding]) -> None:
    rows = []
    for one in found:
        told = {
            finding.service or finding.kind.value: finding.severity
            for finding in findings
            if one in finding.exposures and finding.port
        }
        notes = ", ".join(f"{service} {severity}" for service, severity in told.items())
        rows.append([one.instance, one.route.value, f"{one.protocol} {one.ports}", _sources(one), one.address, notes])
    cells = [[plain(cell) for cell in row] for row in rows]
    table("Reachable", ["Instance", "From", "Ports", "Sources", "At", "Findings"], cells)
    doubts = sorted({doubt for one in found for doubt in one.doubts})
    if doubts:
        typer.echo(f"Not collected, and taken to allow: {', '.join(map(printable, doubts))}.")


def _show_ways(found: list[Exposure]) -> None:
    for one in found:
        typer.echo(f"\n{one.protocol} {one.ports} from {one.route.value}:")
        for hop in one.path:
            typer.echo(
                f"  {hop.type.rpartition('::')[2]} {printable(hop.id)}"
                + (f": {printable(hop.said)}" if hop.said else "")
            )


def _sources(one: Exposure) -> str:
    rest = len(one.sources) - _MOST_SOURCES
    return ", ".join(one.sources[:_MOST_SOURCES]) + (f" and {rest} more" if rest > 0 else "")


def _exposure(one: Exposure) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(one)


def _finding(one: PortFinding) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "severity": one.severity,
        "instance": one.instance,
        "interface": one.interface,
        "route": one.route.value,
        "protocol": one.protocol,
        "port": one.port,
        "service": one.service,
        "listeners": [each.process or each.address for each in one.listeners],
        "ranges": [list(each) for each in one.ranges],
    }


def _read(path: Path) -> Iterator[Item]:
    import msgspec

    from garrison.items import Item

    decode = msgspec.json.Decoder(Item).decode
    try:
        with path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                if line.strip():
                    yield decode(line)
    except OSError as problem:
        raise OperatorError(
            f"{path} cannot be read: {problem.strerror}.", "Name what `garrison collect` wrote."
        ) from None
    except msgspec.DecodeError as problem:
        raise OperatorError(f"{path} holds something else: {problem}.", "Name what `garrison collect` wrote.") from None


def _recorded(home: Path | None) -> Iterator[Item]:
    from garrison.inventory import INVENTORY_FILE, History

    place = existing_home(home)
    path = place.path / INVENTORY_FILE
    if not path.exists():
        return
    history = History(path)
    try:
        for account in history.accounts():
            for item in history.current(account):
                if item.resource_type.startswith(_PREFIXES):
                    yield item
    finally:
        history.close()


def _reports(home: Path | None, found: list[Exposure]) -> dict[str, Report]:
    """What the agents of the instances have reported."""
    from garrison.hosts import open_hosts

    place = existing_home(home)
    hosts = open_hosts(place.path, sync=not load_settings(place.path).ephemeral)
    made: dict[str, Report] = {}
    for one in found:
        for reported in (
            hosts.of_instance(one.account, one.region, one.instance)[:1] if one.instance not in made else ()
        ):
            report = hosts.last(one.account, one.region, reported.host)
            if report is not None:
                made[one.instance] = report
    return made
