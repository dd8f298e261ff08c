"""`garrison advise`: what an AWS account could save, and what is slow, fragile, open or near its quotas, with the commands that mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

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
from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of, words
from garrison.cli.output import Exit, save
from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.advising.report import Report
    from garrison.collect import Target
    from garrison.items import Item
    from garrison.rules.advice import Check, Inputs
    from garrison.runtime.home import Home

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
    own: Annotated[
        bool, typer.Option("--own", help="Advise on Garrison's own account, whatever credentials there are.")
    ] = False,
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
    max_requests: MostRequestsOption = None,
    workers: WorkersOption = 8,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what an AWS account, or without credentials Garrison's own, could save and do better; exits with 4 where there is advice."""
    from garrison.advising.commands import script
    from garrison.cli.advice_forms import write

    form = Format.JSON if as_json else form
    targets = targets_of(profile, endpoint, role_arn, external_id)
    is_own = own or not (inventory or account or is_upstream(targets[0], home))
    chosen = _chosen(category or [], words(check), is_own=is_own)
    source = _Source(chosen, home_of(home).path)
    if is_own:
        told = source.of_own(existing_home(home))
    elif inventory is not None:
        told = source.of_file(inventory)
    elif account:
        told = source.of_home(existing_home(home), account)
    else:
        asked = _Asked(words(regions), max_requests, workers, home, metrics=metrics, quiet=as_json)
        told = source.of_accounts(targets, asked)
    reports = list(told)
    if not reports:
        raise OperatorError("Nothing could be seen.", "Check the credentials, the region and the endpoint.")
    if keeps and home_of(home).exists:
        _keep(reports, home)
    if fix:
        save(("\n".join(script(reports, profile)) + "\n").encode(), output)
    else:
        write(reports, form.value, output, everything=everything)
    raise typer.Exit(Exit.ATTENTION if any(report.flagged for report in reports) else Exit.OK)


@dataclass(frozen=True, slots=True)
class _Asked:
    """How accounts of AWS's are to be asked."""

    regions: list[str]
    most_requests: int | None
    workers: int
    home: Path | None
    metrics: bool
    quiet: bool


class _Source:
    """Where the items come from, and what asks for their metrics."""

    def __init__(self, checks: Sequence[Check], home: Path) -> None:
        from garrison.advising import load_prices

        self._checks, self._prices = checks, load_prices(home)
        self._at = SystemClock().now()

    def of_file(self, path: Path) -> Iterator[Report]:
        """The accounts of a file of items."""
        from garrison.advising import inputs_of, inventories_of_items

        for one in inventories_of_items(self._checks, _items(path), at=self._at):
            yield self._report(inputs_of(self._checks, one, self._prices))

    def of_home(self, home: Home, account: str) -> Iterator[Report]:
        """An account that the home has recorded."""
        from garrison.advising import inputs_of
        from garrison.rules import Inventory
        from garrison.rules.advice import needs
        from garrison.runtime.advice import recorded

        items, unseen = recorded(home, account, frozenset(needs(self._checks)), self._at)
        if not items:
            raise OperatorError(
                f"The home has recorded nothing of account {account}.", "Collect it: garrison assess --profile NAME."
            )
        inventory = Inventory(account, items, at=self._at, unseen=unseen)
        yield self._report(inputs_of(self._checks, inventory, self._prices))

    def of_own(self, home: Home) -> Iterator[Report]:
        """Garrison's own account."""
        from garrison.runtime.own_advice import own_inputs

        yield self._report(own_inputs(load_settings(home.path), self._checks))

    def of_accounts(self, targets: Sequence[Target], asked: _Asked) -> Iterator[Report]:
        """AWS accounts, collected now."""
        from garrison.advising import inputs_of, inventories, wanted_of
        from garrison.advising.upstream import pages_of
        from garrison.collect import Wanted
        from garrison.collect.upstream import Meter

        parts = wanted_of(self._checks)
        for target in targets:
            wanted = Wanted(
                targets=[target],
                regions=asked.regions,
                types=list(parts),
                most_requests=asked.most_requests,
                parts=parts,
            )
            results = list(collected(wanted, asked.workers, asked.home, quiet=asked.quiet))
            complain_of_nothing(outcome for result in results for outcome in result.outcomes)
            meter = Meter(asked.most_requests)
            meter.sent = sum(result.requests for result in results)
            pages = pages_of(target, meter) if asked.metrics else None
            for one in inventories(self._checks, results, at=self._at):
                yield self._report(inputs_of(self._checks, one, self._prices, pages), meter.sent)

    def _report(self, inputs: Inputs, sent: int = 0) -> Report:
        from garrison.advising.report import Report
        from garrison.rules.advice import advise_all

        results = list(advise_all(self._checks, inputs))
        inventory = inputs.inventory
        items = sum(map(len, inventory.by_type.values()))
        by_id = {one.id: one for one in self._checks}
        return Report(inventory.account, inventory.at, by_id, results, inputs.prices, items, sent)


def _keep(reports: Sequence[Report], home: Path | None) -> None:
    from garrison.runtime.advice import keep

    place = existing_home(home)
    for report in reports:
        report.since = keep(place, report, sync=not load_settings(place.path).ephemeral)


def _chosen(categories: Sequence[Category], patterns: Sequence[str], *, is_own: bool) -> list[Check]:
    from garrison.rules.advice import checks

    wanted = {one.value for one in categories}
    there = checks().values()
    if is_own:
        from garrison.runtime.own_advice import own_checks

        fitting = own_checks(there)
    else:
        fitting = [one for one in there if not one.is_of_garrison]
    found = [one for one in fitting if not wanted or one.category.value in wanted]
    for pattern in patterns:
        if not any(_is_meant(one, pattern) for one in found):
            raise OperatorError(f"No check is meant by {pattern}.", "docs/advice-checks.md lists them all.")
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
