"""`garrison trail check-anchors` and `rotate-key`: what proves digests themselves, an anchor outside and a fresh key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home
from garrison.cli.output import Exit, emit, table
from garrison.cli.rooted import root_of
from garrison.errors import OperatorError
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.lake.anchored import Compared
    from garrison.settings import Settings

_SHOWN_DIFFERENCES = 50


def check_anchors(
    anchors: Annotated[str, typer.Argument(help="Where anchors were sent: a file, a folder, or s3://bucket/prefix.")],
    endpoint_url: Annotated[
        str | None,
        typer.Option("--endpoint-url", help="The digests' S3 endpoint; else the archive's, or as for the AWS CLI."),
    ] = None,
    profile: Annotated[str | None, typer.Option("--profile", help="The AWS profile to read the digests with.")] = None,
    anchors_endpoint_url: Annotated[
        str | None,
        typer.Option("--anchors-endpoint-url", help="The S3 endpoint of a bucket of anchors; else the same."),
    ] = None,
    anchors_profile: Annotated[
        str | None, typer.Option("--anchors-profile", help="The AWS profile to read a bucket of anchors with.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare CloudTrail's digests with the hashes that were sent elsewhere; exits with 4 where one differs or is gone."""
    from garrison.lake.anchored import compare_anchors
    from garrison.lake.sources import source_of

    settings = _settings(home) if endpoint_url is None and profile is None else None
    compared = compare_anchors(
        source_of(anchors, settings, anchors_endpoint_url or endpoint_url, anchors_profile or profile),
        lambda bucket, prefix: source_of(f"s3://{bucket}/{prefix}", settings, endpoint_url, profile),
    )
    if not compared.anchors and not compared.differences:
        raise OperatorError(
            f"{anchors} holds no anchors.",
            "Name what `digest_anchors` sends to: a file, syslog's, or s3://bucket/prefix.",
        )
    _show(compared, as_json)
    raise typer.Exit(Exit.ATTENTION if compared.differences or compared.unreadable else Exit.OK)


def _settings(home: Path | None) -> Settings:
    return load_settings(existing_home(home).path)


def _show(compared: Compared, as_json: bool) -> None:
    if as_json:
        emit(compared.as_dict(), True)
        return
    lines = [
        f"{compared.anchors:,} anchors: {compared.same:,} digests are as they say, {compared.vouched:,} more are as the"
        f" digests after them say, {len(compared.differences):,} differ."
    ]
    if compared.not_anchored_yet:
        lines.append(f"{compared.not_anchored_yet:,} digests are newer than the newest anchor.")
    if compared.unreadable:
        lines.append(f"{compared.unreadable:,} lines look like anchors and are none.")
    emit({}, False, "\n".join(lines))
    if compared.differences:
        shown = [[one["location"], one["reason"]] for one in compared.differences[:_SHOWN_DIFFERENCES]]
        table(f"Differences ({len(compared.differences):,})", ["Digest", "What"], shown)


def rotate_key(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Have another key sign CloudTrail's digests from now on; what was signed before stays verifiable."""
    with root_of(home) as (_, root):
        made = root.call("garrison", "RotateDigestKey")
    key, before = made["Key"], made["PreviousKey"]
    emit(
        {
            "fingerprint": key["Fingerprint"],
            "valid_from": key["ValidityStartTime"].isoformat(),
            "previous_fingerprint": before["Fingerprint"],
            "previous_valid_until": before["ValidityEndTime"].isoformat(),
        },
        as_json,
        f"Digests that end after {before['ValidityEndTime'].isoformat()} are signed by {key['Fingerprint']}.\n"
        f"Before that {before['Fingerprint']} signed; ListPublicKeys shows both.",
    )
