"""What `garrison doctor` looks at: each check names one cause and its remedy."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable

from garrison.cli.posture import ATTENTION, OK, Finding
from garrison.errors import OperatorError
from garrison.runtime.home import Home
from garrison.runtime.measures import folder_bytes
from garrison.runtime.parts import open_parts
from garrison.settings import Settings, load_settings

_LEAST_FREE_BYTES = 512 * 1024 * 1024
_MOST_EVENTS_BEHIND = 10_000


def examine(home: Home) -> list[Finding]:
    """Run the checks in order; those that need what an earlier one found missing are left out."""
    findings = [_python()]
    if not home.exists:
        findings.append(Finding("home", ATTENTION, f"There is no account in {home.path}.", "garrison up"))
        return findings
    try:
        home.check_version()
        settings = load_settings(home.path)
    except OperatorError as error:
        findings.append(Finding("home", ATTENTION, error.cause, error.remedy))
        return findings
    findings.extend(check(home, settings) for check in _CHECKS)
    return findings


def _python() -> Finding:
    found = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", OK, f"Python is {found}.", "")


def _private_files(home: Home, settings: Settings) -> Finding:
    for path in (home.path, home.root_key_file, home.credentials_file):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            return Finding("private-files", ATTENTION, f"{path} can be read by others.", f"chmod go-rwx {path}")
    return Finding("private-files", OK, "Home, root key and credentials can be read by their owner only.", "")


def _disk(home: Home, settings: Settings) -> Finding:
    free = shutil.disk_usage(home.path).free
    if free < _LEAST_FREE_BYTES:
        return Finding(
            "disk", ATTENTION, f"Only {free // 2**20} MiB are free.", "Free space, or lower disk_ceiling_bytes."
        )
    kept = folder_bytes(home.journal) + folder_bytes(home.spools)
    if kept > settings.disk_ceiling_bytes:
        return Finding(
            "disk",
            ATTENTION,
            f"Journal and spools hold {kept} bytes, over their ceiling.",
            "Start the server, which prunes them, or raise disk_ceiling_bytes.",
        )
    return Finding("disk", OK, f"{free // 2**20} MiB are free.", "")


def _parts(home: Home, settings: Settings) -> Finding:
    try:
        opened = open_parts(settings)
    except OperatorError as error:
        return Finding("store", ATTENTION, error.cause, error.remedy)
    try:
        from garrison.journal import Journal

        behind = Journal(home.journal).last_position() - opened.parts.recent.position if home.journal.exists() else 0
    finally:
        opened.close()
    if behind > _MOST_EVENTS_BEHIND:
        return Finding("store", ATTENTION, f"LookupEvents is {behind} events behind.", "garrison up")
    return Finding("store", OK, "Root key, store, journal and index fit together.", "")


def _server(home: Home, settings: Settings) -> Finding:
    from garrison.runtime.supervise import caller_identity, running_server

    running = running_server(home)
    if running is None:
        return Finding("server", ATTENTION, "No server runs on this home.", "garrison up")
    if not running["endpoint"]:
        return Finding("server", ATTENTION, "The server is starting.", "garrison doctor")
    try:
        caller_identity(home, running["endpoint"])
    except OperatorError as error:
        return Finding("server", ATTENTION, error.cause, error.remedy)
    except OSError as error:
        return Finding("server", ATTENTION, f"The server does not answer: {error}.", "garrison down && garrison up")
    return Finding("server", OK, f"A signed call to {running['endpoint']} succeeded.", "")


_CHECKS: tuple[Callable[[Home, Settings], Finding], ...] = (_private_files, _disk, _parts, _server)
