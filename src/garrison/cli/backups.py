"""`garrison backup`, `restore` and `upgrade`: carry an account safely through time."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from garrison.cli.options import HomeOption, JsonOption, existing_home, home_of
from garrison.cli.output import emit
from garrison.setting_sources import load_settings

BackupArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The backup file.")]


def backup(
    file: BackupArgument,
    without_root_key: Annotated[
        bool,
        typer.Option("--without-root-key", help="Leave out the root key and all files that hold secrets in clear."),
    ] = False,
    without_lake: Annotated[
        bool,
        typer.Option("--without-lake", help="Leave out the lake, which may be large; keep its folder by other means."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write one file with everything the account keeps, also while its server runs."""
    from garrison.runtime.backup import write_backup

    place = existing_home(home)
    manifest = write_backup(
        load_settings(place.path), file.absolute(), with_secrets=not without_root_key, with_lake=not without_lake
    )
    size = file.stat().st_size
    emit(
        {
            "backup": str(file.absolute()),
            "home": str(place.path),
            "account": manifest.account_id,
            "taken_at": manifest.taken_at,
            "journal_position": manifest.journal_position,
            "has_secrets": manifest.has_secrets,
            "bytes": size,
        },
        as_json,
        f"{file} holds the account {manifest.account_id} as of {manifest.taken_at} ({size} bytes).\n"
        + ("Keep it secret: it holds the root key." if manifest.has_secrets else "Restoring it needs the root key."),
    )


def restore(
    file: BackupArgument,
    root_key: Annotated[
        Path | None, typer.Option("--root-key", help="The root key's file, for a backup that is without it.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new home from a backup, once its hashes are verified."""
    from garrison.runtime.restore import restore_backup

    place = home_of(home)
    manifest = restore_backup(file.absolute(), place, root_key=root_key)
    has_credentials = place.credentials_file.exists()
    following = "garrison up" if has_credentials else "garrison keys rotate"
    emit(
        {
            "home": str(place.path),
            "account": manifest.account_id,
            "taken_at": manifest.taken_at,
            "journal_position": manifest.journal_position,
            "has_credentials": has_credentials,
        },
        as_json,
        f"{place.path} holds the account {manifest.account_id} as of {manifest.taken_at}.\n"
        f"Go on with: {following} --home {place.path}",
    )


def upgrade(
    database_is_backed_up: Annotated[
        bool, typer.Option("--database-is-backed-up", help="A store outside the home has a backup of its own.")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring a home of an older version to this Garrison's, after a backup beside it; run it again after a stop."""
    from garrison.runtime.upgrading import upgrade_home

    place = home_of(home)
    done = upgrade_home(place, is_database_safe=database_is_backed_up)
    text = (
        f"{place.path} is current: version {done.version}."
        if not done.steps
        else f"Upgraded {place.path} from version {done.version_before} to {done.version}.\n"
        f"The backup before it: {done.backup}"
    )
    emit(
        {
            "home": str(place.path),
            "version": done.version,
            "version_before": done.version_before,
            "steps": list(done.steps),
            "backup": done.backup,
        },
        as_json,
        text,
    )
