"""The accounts that a command is to look at: the options that say which, and collecting them, alike for `collect`, `assess` and `advise`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrison.cli.options import home_of, scheduler_of
from garrison.cli.progress import bar
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.collect import Outcome, Result, Target, Wanted

ProfileOption = Annotated[str | None, typer.Option("--profile", help="A profile of the AWS configuration files.")]
EndpointOption = Annotated[str | None, typer.Option("--endpoint", help="A URL to call in place of AWS's.")]
RoleOption = Annotated[list[str] | None, typer.Option("--role-arn", help="A role to assume; one account each.")]
ExternalIdOption = Annotated[str | None, typer.Option("--external-id", help="What the roles' trust policies ask for.")]
RegionsOption = Annotated[
    str, typer.Option("--regions", help="Regions with commas between, or `all`; by default the profile's.")
]
MostRequestsOption = Annotated[int | None, typer.Option("--max-requests", min=1, help="Stop calling after so many.")]
WorkersOption = Annotated[int, typer.Option("--workers", min=1, max=64, help="Services asked at the same time.")]


def targets_of(
    profile: str | None, endpoint: str | None, roles: Sequence[str] | None, external_id: str | None
) -> list[Target]:
    """The accounts that the options name: one for each role, or that of the credentials."""
    from garrison.collect import Target

    wanted: list[str | None] = [*roles] if roles else [None]
    return [Target(profile=profile, endpoint_url=endpoint, role_arn=role, external_id=external_id) for role in wanted]


def is_upstream(target: Target, home: Path | None) -> bool:
    """Whether an account of AWS's is meant, and not Garrison's own: one was named, or AWS's chain of credentials has some."""
    if target.profile or target.endpoint_url or target.role_arn or not home_of(home).exists:
        return True
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        return Session().get_credentials() is not None
    except BotoCoreError:
        return True  # whatever is wrong with them, it will be said when they are used


def collected(wanted: Wanted, workers: int, home: Path | None, *, quiet: bool) -> Iterator[Result]:
    """Collect accounts, by the executor that the home's settings name, showing how far it is."""
    from garrison.collect import collect
    from garrison.collect.executors import executor_at

    with executor_at(scheduler_of(home), workers) as executor, bar(quiet) as shown:
        yield from collect(wanted, executor=executor, workers=workers, progress=shown)


def complain_of_nothing(outcomes: Iterable[Outcome]) -> None:
    """Raise `OperatorError` where nothing at all was seen."""
    told = list(outcomes)
    if told and all(one.seen == "unknown" and not one.items for one in told):
        reasons = ", ".join(sorted({one.reason for one in told}))
        raise OperatorError(f"Nothing could be seen: {reasons}.", "Check the credentials, the region and the endpoint.")
