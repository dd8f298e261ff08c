"""`garrison collect`: an AWS account's resources as configuration items, for people and for what reads JSON lines."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any

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
    targets_of,
)
from garrison.cli.options import HomeOption, JsonOption, words
from garrison.cli.output import Exit, emit, table
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from garrison.collect import Outcome, Result, Wanted

TypesOption = Annotated[
    str, typer.Option("--types", help="Resource types or patterns with commas between: AWS::S3::*. By default all.")
]


def collect(
    profile: ProfileOption = None,
    endpoint: EndpointOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    regions: RegionsOption = "",
    types: TypesOption = "",
    output: Annotated[Path | None, typer.Option("--output", help="Write the items here, a line of JSON each.")] = None,
    max_requests: MostRequestsOption = None,
    workers: WorkersOption = 8,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Keep what may hold secrets, as Lambda environments do.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be called, and call nothing.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Collect an AWS account's resources through its Describe, List and Get calls; exits with 4 where something was not seen."""
    from garrison.collect import Wanted

    wanted = Wanted(
        targets=targets_of(profile, endpoint, role_arn, external_id),
        regions=words(regions),
        types=words(types),
        most_requests=max_requests,
        with_secrets=with_secrets,
    )
    if dry_run:
        _show_plan(wanted, as_json)
        return
    outcomes, requests = _written(collected(wanted, workers, home, quiet=as_json), output)
    _show_outcomes(outcomes, requests, as_json)
    complain_of_nothing(outcomes)
    raise typer.Exit(Exit.ATTENTION if any(outcome.seen == "unknown" for outcome in outcomes) else Exit.OK)


def _written(results: Iterable[Result], output: Path | None) -> tuple[list[Outcome], int]:
    """Write items as they come; what became of each type, and the requests sent."""
    outcomes: list[Outcome] = []
    requests = 0
    with _opened(output) as file:
        for result in results:
            outcomes += result.outcomes
            requests += result.requests
            if file is not None:
                _write(file, result)
    return outcomes, requests


def _opened(output: Path | None) -> AbstractContextManager[IO[bytes] | None]:
    if output is None:
        return nullcontext()
    try:
        return output.open("wb")
    except OSError as error:
        raise OperatorError(f"{output} cannot be written: {error}.", "Give a file in a folder of yours.") from None


def _write(file: IO[bytes], result: Result) -> None:
    file.writelines(codec.encode(item) + b"\n" for item in result.items)


def _show_outcomes(outcomes: list[Outcome], requests: int, as_json: bool) -> None:
    if as_json:
        counts: Counter[str] = Counter()
        for outcome in outcomes:
            counts[outcome.resource_type] += outcome.items
        shown = {
            "items": sum(counts.values()),
            "requests": requests,
            "types": {name: count for name, count in sorted(counts.items()) if count},
            "outcomes": [codec.decode(codec.encode(outcome)) for outcome in outcomes],
        }
        emit(shown, True)
        return
    rows = [
        [
            one.account,
            one.region,
            one.resource_type,
            str(one.items),
            "" if one.seen == "all" else f"unknown: {one.reason}",
        ]
        for one in sorted(outcomes, key=lambda one: (one.account, one.region, one.resource_type))
        if one.items or one.seen != "all"
    ]
    title = f"{sum(one.items for one in outcomes)} items, {requests} requests"
    table(title, ["Account", "Region", "Type", "Items", "Not seen"], rows)


def _show_plan(wanted: Wanted, as_json: bool) -> None:
    from garrison.collect import ASSUMED_RESOURCES, plan

    regions = max(1, len(wanted.regions))
    calls = plan(wanted.types, regions)
    requests = len(wanted.targets) * (1 + sum(call.requests for call in calls))
    if as_json:
        emit({"requests": requests, "assumed_resources": ASSUMED_RESOURCES, "calls": _plain(calls)}, True)
        return
    rows = [[call.service, call.operation, call.per, str(call.requests)] for call in calls]
    title = f"About {requests} requests, with {ASSUMED_RESOURCES} of each resource that is asked about one by one"
    table(title, ["Service", "Operation", "For each", "Requests"], rows)


def _plain(values: Iterable[Any]) -> Any:
    return codec.decode(codec.encode(list(values)))
