"""`garrison trail`: log files of CloudTrail, of any account, into the lake."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli import trail_anchors
from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import Exit, emit, table
from garrison.errors import OperatorError
from garrison.runtime.home import node_of
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.lake.ingest import Outcome

application = typer.Typer(help="Log files of CloudTrail.", no_args_is_help=True)

application.command("check-anchors")(trail_anchors.check_anchors)
application.command("rotate-key")(trail_anchors.rotate_key)

_SHOWN_REFUSED = 20


@application.callback()
def trail() -> None:
    """Log files of CloudTrail."""


@application.command("ingest")
def ingest(
    source: Annotated[str, typer.Argument(help="A file, a folder, or s3://bucket/prefix.")],
    follow: Annotated[
        bool,
        typer.Option("--follow", help="Go on with what comes, until interrupted, and let fresh events raise alarms."),
    ] = False,
    every: Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks with --follow.")] = 10.0,
    workers: Annotated[int | None, typer.Option("--workers", min=1, max=64, help="Worker processes; else two.")] = None,
    public_keys: Annotated[
        Path | None,
        typer.Option("--public-keys", help="The answer of `aws cloudtrail list-public-keys`, to verify digests by."),
    ] = None,
    endpoint_url: Annotated[
        str | None, typer.Option("--endpoint-url", help="The S3 endpoint; else the archive's, or as for the AWS CLI.")
    ] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="The AWS profile to read the bucket with.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take log files of any AWS account into the lake, each once; exits with 4 where some were refused or changed."""
    from garrison.lake.ingest import Ingest
    from garrison.lake.lake import Lake
    from garrison.lake.memory import keep_freed_memory
    from garrison.lake.place import place_of
    from garrison.lake.sources import source_of

    keep_freed_memory()

    place = existing_home(home)
    settings = load_settings(place.path)
    lake = Lake(place_of(settings, node_of(place)))
    keys = _public_keys(public_keys)
    with _progress(as_json) as progress:
        work = Ingest(
            lake,
            source_of(source, settings, endpoint_url, profile),
            workers=workers,
            public_keys=keys,
            progress=progress,
            is_live=follow,
        )
        outcome = work.run()
        while follow:
            if as_json:
                emit(outcome.as_dict(), True)
            time.sleep(every)
            outcome = work.run()
    _show(outcome, as_json)
    is_fine = not (outcome.refused_files or outcome.set_aside or outcome.digests.problems)
    raise typer.Exit(Exit.OK if is_fine else Exit.ATTENTION)


def _show(outcome: Outcome, as_json: bool) -> None:
    if as_json:
        emit(outcome.as_dict(), True)
        return
    each = outcome.stored_bytes / outcome.records if outcome.records else 0.0
    lines = [
        f"{outcome.records:,} records of {outcome.files:,} files are in the lake"
        f" ({outcome.stored_bytes:,} bytes, {each:.0f} a record)."
    ]
    if outcome.present:
        lines.append(f"{outcome.present:,} files were there already.")
    if outcome.set_aside:
        lines.append(f"{outcome.set_aside:,} texts are no records; they lie in lake/set-aside with their reasons.")
    if outcome.digests.read:
        digests = outcome.digests
        lines.append(
            f"{digests.read:,} digests: {outcome.verified:,} log files are what they say, {digests.missing:,} are missing; "
            f"{digests.signed:,} signatures verified, {digests.unsigned:,} not looked at."
        )
    emit({}, False, "\n".join(lines))
    bad = [*outcome.refused, *outcome.digests.problems]
    if bad:
        title = f"Refused ({len(bad):,})"
        table(title, ["File", "Why"], [[one["location"], one["reason"]] for one in bad[:_SHOWN_REFUSED]])


@contextmanager
def _progress(as_json: bool) -> Iterator[Callable[[Outcome, int], None]]:
    """A bar on standard error, where people look."""
    if as_json or not sys.stderr.isatty():
        yield lambda outcome, size: None
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn, TransferSpeedColumn

    with Progress(
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,} bytes of files"),
        TransferSpeedColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    ) as bar:
        task = bar.add_task("0 records", total=None)

        def told(outcome: Outcome, size: int) -> None:
            bar.update(task, advance=size, description=f"{outcome.records:,} records")

        yield told


def _public_keys(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    from garrison import codec

    try:
        return list(codec.decode(path.read_bytes())["PublicKeyList"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OperatorError(
            f"{path} holds no public keys: {error}.", "Give the answer of `aws cloudtrail list-public-keys`."
        ) from None
