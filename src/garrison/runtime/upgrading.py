"""Lead a home of an older layout to the current one: a copy beside it first, then steps in order, each resumable."""

from __future__ import annotations

import os
import tarfile
import tomllib
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from garrison.errors import OperatorError
from garrison.runtime.home import LAYOUT_VERSION, Home, write_private
from garrison.runtime.maintenance import alone, maintaining
from garrison.runtime.parts import open_parts
from garrison.setting_sources import load_settings

_PROGRESS_FILE = "upgrade.json"
_LEFT_OUT = ("run", "lost+found")


@dataclass(frozen=True, slots=True)
class Step:
    """What leads a home from one version of the layout to the next."""

    version: str
    """The version that it begins with."""
    leads_to: str
    what: str
    """What it does, for people."""
    apply: Callable[[Home], None]
    """Does it. A stop may come at any point, after which it runs again from its beginning."""


STEPS: tuple[Step, ...] = ()
"""All steps, oldest first. A new version of the store's schema comes with a step too: opening the store migrates it."""


class _Progress(msgspec.Struct, frozen=True):
    """What an upgrade that was stopped must know."""

    version_before: str
    backup: str


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did."""

    version: str
    version_before: str
    steps: tuple[str, ...]
    backup: str | None
    """The copy of the home as it was; None where there was nothing to do."""


def upgrade_home(home: Home, steps: Sequence[Step] = STEPS, *, is_database_safe: bool = False) -> Upgraded:
    """Bring a home to the current version; raises `OperatorError`, and then it can be run again or the copy put back.

    `is_database_safe` says that the operator has a backup of a store outside the home.
    """
    if not home.exists:
        raise OperatorError(f"There is no account in {home.path}.", "Make one with `garrison up`.")
    version = home.version_file.read_text().strip()
    way = _way(home, version, steps)
    with maintaining(home), alone(home):
        progress = _progress(home)
        if way and progress is None:
            _check_store(home, is_database_safe=is_database_safe)
            progress = _Progress(version, str(_copy_home(home, version)))
            write_private(home.path / _PROGRESS_FILE, msgspec.json.encode(progress).decode())
        for step in way:
            step.apply(home)
            write_private(home.version_file, f"{step.leads_to}\n")
        with closing(open_parts(load_settings(home.path), makes_indexes=True)):
            (home.path / _PROGRESS_FILE).unlink(missing_ok=True)
    if progress is None:
        return Upgraded(LAYOUT_VERSION, version, (), None)
    done = _way(home, progress.version_before, steps)
    return Upgraded(LAYOUT_VERSION, progress.version_before, tuple(step.what for step in done), progress.backup)


def _way(home: Home, version: str, steps: Sequence[Step]) -> list[Step]:
    """The steps from a version to the current one; raises `OperatorError` where no steps lead there."""
    way: list[Step] = []
    at = version
    by_version = {step.version: step for step in steps}
    while at != LAYOUT_VERSION:
        if at not in by_version:
            raise OperatorError(
                f"The data directory {home.path} has version {version[:20]!r}, "
                f"from which this Garrison knows no way to version {LAYOUT_VERSION}.",
                "Nothing was changed. Use the Garrison that made it, or a newer one.",
            )
        way.append(by_version[at])
        at = by_version[at].leads_to
    return way


def _progress(home: Home) -> _Progress | None:
    try:
        return msgspec.json.decode((home.path / _PROGRESS_FILE).read_bytes(), type=_Progress)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise OperatorError(
            f"{home.path / _PROGRESS_FILE} cannot be read.", "Put the home's copy back and upgrade again."
        ) from None


def _check_store(home: Home, *, is_database_safe: bool) -> None:
    """Any version's settings say where the store is."""
    with suppress(FileNotFoundError, tomllib.TOMLDecodeError):
        url = str(tomllib.loads(home.settings_file.read_text()).get("store_url", ""))
        if url and not url.startswith("sqlite:") and not is_database_safe:
            raise OperatorError(
                "The store is a database outside the home, which the copy of the home does not hold.",
                "Back it up with its own tools, then add --database-is-backed-up. Nothing was changed.",
            )


def _copy_home(home: Home, version: str) -> Path:
    """One tar (0600) beside the home with all its files; nothing runs on it, so they stand still."""
    target = home.path.with_name(f"{home.path.name}.version-{version}.tar")
    number = 1
    while target.exists():
        number += 1
        target = home.path.with_name(f"{home.path.name}.version-{version}.{number}.tar")
    fresh = target.with_name(f".{target.name}.new")
    fresh.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                for path in sorted(home.path.rglob("*")):
                    name = path.relative_to(home.path)
                    if name.parts[0] not in _LEFT_OUT and (path.is_file() or path.is_dir()):
                        tar.add(path, str(name), recursive=False)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise OperatorError(
            f"The copy {target} cannot be written: {error.strerror}.", "Nothing was changed. Free space there."
        ) from None
    fresh.rename(target)
    return target
