"""`garrison vulndb update|status|export|import`: the local database of known vulnerabilities."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption, home_of
from garrison.cli.output import Exit, emit, printable, table
from garrison.clock import SystemClock
from garrison.errors import OperatorError
from garrison.setting_sources import load_settings

if TYPE_CHECKING:
    from garrison.scan.vulnerabilities.building import Built, Source
    from garrison.scan.vulnerabilities.status import Status

application = typer.Typer(help="The local database of known vulnerabilities.", no_args_is_help=True)

DatabaseOption = Annotated[Path | None, typer.Option("--database", help="The database's file; else the home's.")]
_DOWNLOADS = "vulnerabilities.sources"
"""Beside the database: what was fetched, and what broke off."""


@application.command("update")
def update(
    folder: Annotated[
        Path | None, typer.Option("--from", help="Read every file of this folder, and fetch only what --source names.")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--source", help="A URL to fetch, in place of the setting's; may come several times."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the sources of earlier updates.")] = False,
    database: DatabaseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the database up to its sources. What cannot be read is counted and set aside; the exit code is 4 where a source failed."""
    from garrison.scan.vulnerabilities.building import build

    path = _path(database, home)
    addresses = source or (list(_settings_sources(home)) if folder is None else [])
    if folder is None and not addresses:
        raise OperatorError(
            "There is nothing to build the database of.",
            "Name sources in the setting vulnerability_sources or by --source, or a folder of files by --from.",
        )
    if folder is not None and not folder.is_dir():
        raise OperatorError(f"{folder} is no folder.", "Name a folder of the sources' files.")
    failed: list[tuple[str, str]] = []
    tell = _say if sys.stderr.isatty() and not as_json else _say_nothing
    built = build(path, _sources(folder, addresses, path, failed), SystemClock().now(), fresh=fresh, tell=tell)
    failed += [
        (each.name, "its file is broken: what it said before counts") for each in built.sources if each.is_broken
    ]
    _tell_built(path, built, failed, as_json)
    if failed:
        raise typer.Exit(Exit.ATTENTION)


@application.command("status")
def status(
    max_age: Annotated[int, typer.Option("--max-age", help="Days after which the exit code is 4.", min=1)] = 7,
    database: DatabaseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the database's age, sources and coverage. The exit code is 4 where there is none, or it is too old."""
    from garrison.scan.vulnerabilities.status import status as status_of

    path = _path(database, home)
    found = status_of(path)
    if found is None:
        emit(
            {"database": str(path), "is_there": False},
            as_json,
            f"There is no database at {path}: garrison vulndb update",
        )
        raise typer.Exit(Exit.ATTENTION)
    age = (SystemClock().now() - found.built_at).days
    if as_json:
        emit({"database": str(path), "is_there": True, "age_days": age, **_status_value(found)}, True)
    else:
        _tell_status(path, found, age)
    if age >= max_age:
        raise typer.Exit(Exit.ATTENTION)


@application.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The snapshot's file.")],
    key: Annotated[Path, typer.Option("--key", help="A private Ed25519 key in PEM, which nobody else may read.")],
    make_key: Annotated[bool, typer.Option("--make-key", help="Make that key first, and KEY.pub beside it.")] = False,
    database: DatabaseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the database as one signed file, to carry to where no network leads."""
    from garrison.outgoing.mail import read_private
    from garrison.scan.vulnerabilities import snapshots

    path = _existing(database, home)
    if make_key:
        if key.exists():
            raise OperatorError(f"{key} is already there.", "Leave --make-key out, or name another file.")
        snapshots.new_key(key)
    header = snapshots.export(path, file, read_private(key, "--key"))
    public = key.with_name(key.name + ".pub")
    emit(
        {"snapshot": str(file), "built_at": header.built_at, "bytes": file.stat().st_size, "public_key": str(public)},
        as_json,
        f"{file} holds the database of {header.built_at}.\nThere: garrison vulndb import {file} --trust {public.name}",
    )


@application.command("import")
def bring_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The snapshot's file.")],
    trust: Annotated[Path, typer.Option("--trust", help="The public key of who exported it.")],
    older: Annotated[bool, typer.Option("--older", help="Also where the database here is newer.")] = False,
    database: DatabaseOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a snapshot in the place of the database, once its signature and hash are verified."""
    from garrison.scan.vulnerabilities.snapshots import bring_in as bring_in_snapshot

    path = _path(database, home)
    header = bring_in_snapshot(file, path, trust, may_be_older=older)
    emit({"database": str(path), "built_at": header.built_at}, as_json, f"{path} is the database of {header.built_at}.")


def _say(source: str) -> None:
    sys.stderr.write(f"{printable(source)}\n")


def _say_nothing(_: str) -> None:
    """For those that nobody watches."""


def _path(database: Path | None, home: Path | None) -> Path:
    from garrison.scan.vulnerabilities.schema import FILE_NAME

    return database.absolute() if database else home_of(home).path / FILE_NAME


def _existing(database: Path | None, home: Path | None) -> Path:
    path = _path(database, home)
    if not path.exists():
        raise OperatorError(f"There is no database at {path}.", "Build one with `garrison vulndb update`.")
    return path


def _settings_sources(home: Path | None) -> tuple[str, ...]:
    place = home_of(home)
    return load_settings(place.path).vulnerability_sources if place.exists else ()


def _sources(folder: Path | None, addresses: list[str], path: Path, failed: list[tuple[str, str]]) -> Iterator[Source]:
    """What lies in the folder, then what is fetched, one after the other; what cannot be fetched is noted in `failed`."""
    from garrison.outgoing import Outgoing, OutgoingFailure, place_of
    from garrison.outgoing.downloads import download
    from garrison.scan.vulnerabilities.sources import file_source, folder_sources

    if folder is not None:
        yield from folder_sources(folder)
    places = [place for place in map(place_of, addresses) if place is not None]
    outgoing = Outgoing((f"{place.name}:{place.port}" for place in places), setting="vulnerability_sources")
    for address in addresses:
        file = path.parent / _DOWNLOADS / hashlib.sha256(address.encode()).hexdigest()[:32]
        try:
            download(outgoing, address, file)
        except OutgoingFailure as error:
            failed.append((address, error.message))
            continue
        yield file_source(file, name=address, address=address)


def _tell_built(path: Path, built: Built, failed: list[tuple[str, str]], as_json: bool) -> None:
    if as_json:
        value: dict[str, Any] = {
            "database": str(path),
            "bytes": path.stat().st_size,
            "changed_packages": built.changed,
            "sources": [asdict(each) for each in built.sources],
            "failed": [{"source": source, "reason": reason} for source, reason in failed],
        }
        emit(value, True)
        return
    others = [
        each for each in built.sources if each.refused == 1 and not each.advisories + each.others + each.withdrawn
    ]
    rows = [
        [
            printable(each.name),
            "as before" if each.is_unchanged else "read",
            f"{each.advisories:,}",
            f"{each.others:,}",
            f"{each.withdrawn:,}",
            f"{each.refused:,}",
        ]
        for each in built.sources
        if each not in others
    ]
    table("Sources", ["Source", "", "Advisories", "Scores and others", "Withdrawn", "Set aside"], rows)
    if others:
        names = ", ".join(printable(each.name) for each in others[:20])
        sys.stdout.write(f"{len(others)} files are of no source: {names}\n")
    for source, reason in failed:
        sys.stderr.write(f"garrison: {printable(source)}: {printable(reason)}\n")
    sys.stdout.write(f"{path} ({path.stat().st_size:,} bytes); {built.changed:,} packages are judged anew.\n")


def _status_value(found: Status) -> dict[str, Any]:
    return {
        "built_at": found.built_at.isoformat(),
        "mark": found.mark,
        "bytes": found.size_bytes,
        "sources": [asdict(each) for each in found.sources],
        "ecosystems": [asdict(each) for each in found.ecosystems],
        "set_aside": [
            {"source": source, "record": record, "reason": reason} for source, record, reason in found.refused
        ],
    }


def _tell_status(path: Path, found: Status, age: int) -> None:
    table(
        "Coverage",
        ["Ecosystem", "Advisories", "Packages", "Newest advisory"],
        [[each.name, f"{each.advisories:,}", f"{each.packages:,}", each.newest[:10]] for each in found.ecosystems],
    )
    table(
        "Sources",
        ["Source", "Read", "Advisories", "Scores and others", "Withdrawn", "Set aside"],
        [
            [
                printable(each.name),
                each.imported_at[:10],
                f"{each.advisories:,}",
                f"{each.others:,}",
                f"{each.withdrawn:,}",
                f"{each.refused:,}",
            ]
            for each in found.sources
        ],
    )
    sys.stdout.write(
        f"{path}: {found.size_bytes:,} bytes, built {age} days ago ({found.built_at:%Y-%m-%d %H:%M} UTC).\n"
    )
