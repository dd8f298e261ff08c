"""`garrison advise`: what an AWS account could save, and what is slow, fragile, open or near its quotas, with the commands that mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from garrison.cli.collecting import EndpointOption, ExternalIdOption, ProfileOption, RegionsOption, RoleOption
from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of, scheduler_of, words
from garrison.cli.output import Exit, save
from garrison.cli.progress import bar
from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.advising import Pages
    from garrison.advising.report import Report
    from garrison.collect import Result, Target
    from garrison.items import Item
    from garrison.rules import Inventory
    from garrison.rules.advice import Check, Prices

MAX_LINE_BYTES = 16 * 1024 * 1024
"""Of an item in a file of items."""


class Format(StrEnum):
    """How advice is written."""

    TABLE = "table"
    HTML = "html"
    JSON = "json"
    CSV = "csv"


class Category(StrEnum):
    """What advice is about."""

    COST_OPTIMIZING = "cost_optimizing"
    PERFORMANCE = "performance"
    FAULT_TOLERANCE = "fault_tolerance"
    SECURITY = "security"
    SERVICE_LIMITS = "service_limits"


def advise(
    profile: ProfileOption = None,
    endpoint: EndpointOption = None,
    role_arn: RoleOption = None,
    external_id: ExternalIdOption = None,
    account: Annotated[
        str, typer.Option("--account", help="An account that the home has recorded, by its number; nothing is called.")
    ] = "",
    inventory: Annotated[
        Path | None, typer.Option("--inventory", help="A file of items (garrison collect --output); nothing is called.")
    ] = None,
    regions: RegionsOption = "",
    category: Annotated[
        list[Category] | None, typer.Option("--category", help="Only checks of this category; may be repeated.")
    ] = None,
    check: Annotated[
        str, typer.Option("--check", help="Checks by id, name or pattern with commas between: *ebs*. By default all.")
    ] = "",
    form: Annotated[Format, typer.Option("--format", help="How the advice is written.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Write also what is in order.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Print the AWS CLI commands that apply the advice; nothing is run.")
    ] = False,
    metrics: Annotated[
        bool, typer.Option("--metrics/--no-metrics", help="Ask CloudWatch for the use of resources (GetMetricData).")
    ] = True,
    keeps: Annotated[
        bool, typer.Option("--keep/--no-keep", help="Record the run in the home, and compare it with the one before.")
    ] = True,
    max_requests: Annotated[
        int | None, typer.Option("--max-requests", min=1, help="Stop calling after so many.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, max=64, help="Services asked at the same time.")] = 8,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what an AWS account could save and do better, by Trusted Advisor's checks; exits with 4 where there is advice."""
    from garrison.advising import load_prices
    from garrison.advising.commands import script
    from garrison.cli.advice_forms import write

    form = Format.JSON if as_json else form
    chosen = _chosen(category or [], words(check))
    place = home_of(home)
    prices = load_prices(place.path)
    source = _Source(chosen, words(regions), metrics, max_requests, workers, home, quiet=as_json)
    if inventory is not None:
        told = source.of_file(inventory)
    elif account:
        told = source.of_home(account)
    else:
        roles: list[str | None] = [*role_arn] if role_arn else [None]
        told = source.of_accounts(profile, endpoint, roles, external_id)
    reports = [_report(chosen, found, pages, prices, sent) for found, pages, sent in told]
    if not reports:
        raise OperatorError("Nothing could be seen.", "Check the credentials, the region and the endpoint.")
    if keeps and place.exists:
        _keep(reports, home)
    if fix:
        save(("\n".join(script(reports, profile)) + "\n").encode(), output)
    else:
        write(reports, form.value, output, everything=everything)
    raise typer.Exit(Exit.ATTENTION if any(report.flagged for report in reports) else Exit.OK)


class _Source:
    """Where the items come from, and what asks for their metrics."""

    def __init__(
        self, chosen: Sequence[Check], regions: list[str], metrics: bool, most: int | None, workers: int,
        home: Path | None, *, quiet: bool,
    ) -> None:  # fmt: skip
        self._checks, self._regions, self._metrics = chosen, regions, metrics
        self._most, self._workers, self._home, self._quiet = most, workers, home, quiet
        self._at = SystemClock().now()

    def of_file(self, path: Path) -> Iterator[tuple[Inventory, Pages | None, Callable[[], int]]]:
        """The accounts of a file of items."""
        from garrison.advising import inventories_of_items

        for one in inventories_of_items(self._checks, _items(path), at=self._at):
            yield one, None, int

    def of_home(self, account: str) -> Iterator[tuple[Inventory, Pages | None, Callable[[], int]]]:
        """An account that the home has recorded."""
        from garrison.rules import Inventory
        from garrison.rules.advice import needs
        from garrison.runtime.advice import recorded

        items, unseen = recorded(existing_home(self._home), account, frozenset(needs(self._checks)))
        if not items:
            raise OperatorError(
                f"The home has recorded nothing of account {account}.", "Collect it: garrison assess --profile NAME."
            )
        yield Inventory(account, items, at=self._at, unseen=unseen), None, int

    def of_accounts(
        self, profile: str | None, endpoint: str | None, roles: Sequence[str | None], external_id: str | None
    ) -> Iterator[tuple[Inventory, Pages | None, Callable[[], int]]]:
        """AWS accounts, collected now."""
        from garrison.advising import inventories
        from garrison.advising.upstream import pages_of
        from garrison.collect import Target
        from garrison.collect.upstream import Meter

        for role in roles:
            target = Target(profile=profile, endpoint_url=endpoint, role_arn=role, external_id=external_id)
            results = list(self._collected(target))
            _complain(results)
            meter = Meter(self._most)
            meter.sent = sum(result.requests for result in results)
            pages = pages_of(target, meter) if self._metrics else None
            for one in inventories(self._checks, results, at=self._at):
                yield one, pages, partial(getattr, meter, "sent")

    def _collected(self, target: Target) -> Iterator[Result]:
        from garrison.advising import wanted_of
        from garrison.collect import Wanted, collect
        from garrison.collect.executors import executor_at

        parts = wanted_of(self._checks)
        wanted = Wanted(
            targets=[target], regions=self._regions, types=list(parts), most_requests=self._most, parts=parts
        )
        with executor_at(scheduler_of(self._home), self._workers) as executor, bar(self._quiet) as shown:
            yield from collect(wanted, executor=executor, workers=self._workers, progress=shown)


def _complain(results: Sequence[Result]) -> None:
    """Raise `OperatorError` where nothing at all was seen."""
    outcomes = [outcome for result in results for outcome in result.outcomes]
    if outcomes and all(one.seen == "unknown" and not one.items for one in outcomes):
        reasons = ", ".join(sorted({one.reason for one in outcomes}))
        raise OperatorError(f"Nothing could be seen: {reasons}.", "Check the credentials, the region and the endpoint.")


def _report(
    chosen: Sequence[Check], inventory: Inventory, pages: Pages | None, prices: Prices, sent: Callable[[], int]
) -> Report:
    from garrison.advising import inputs_of
    from garrison.advising.report import Report
    from garrison.rules.advice import advise_all

    inputs = inputs_of(chosen, inventory, prices, pages)
    results = list(advise_all(chosen, inputs))
    items = sum(map(len, inventory.by_type.values()))
    return Report(inventory.account, inventory.at, {one.id: one for one in chosen}, results, prices, items, sent())


def _keep(reports: Sequence[Report], home: Path | None) -> None:
    from garrison.runtime.advice import keep

    place = existing_home(home)
    for report in reports:
        report.since = keep(place, report, sync=not load_settings(place.path).ephemeral)


def _chosen(categories: Sequence[Category], patterns: Sequence[str]) -> list[Check]:
    from garrison.rules.advice import checks

    wanted = {one.value for one in categories}
    of_accounts = [one for one in checks().values() if not one.is_of_garrison]
    found = [one for one in of_accounts if not wanted or one.category.value in wanted]
    for pattern in patterns:
        if not any(_is_meant(one, pattern) for one in found):
            raise OperatorError(f"No check is meant by {pattern}.", "docs/advice.md lists them all.")
    if patterns:
        found = [one for one in found if any(_is_meant(one, pattern) for pattern in patterns)]
    return sorted(found, key=lambda one: (one.category, one.name))


def _is_meant(one: Check, pattern: str) -> bool:
    return one.id == pattern or fnmatchcase(one.key, pattern.lower()) or fnmatchcase(one.name.lower(), pattern.lower())


def _items(path: Path) -> Iterator[Item]:
    """The items of a file, a line of JSON each; raises `OperatorError` for a line that is none."""
    from garrison.items import Item

    decoder = msgspec.json.Decoder(Item)
    try:
        with path.open("rb") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_BYTES + 1), b""), 1):
                try:
                    if len(line) > MAX_LINE_BYTES:
                        raise OperatorError(f"{path}: line {number} is too long.", _HINT)
                    if line.strip():
                        yield decoder.decode(line)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
                    raise OperatorError(f"{path}: line {number} is no item: {error}.", _HINT) from None
    except OSError as error:
        raise OperatorError(f"{path} cannot be read: {error.strerror}.", _HINT) from None


_HINT = "Give a file that `garrison collect --output` wrote."
