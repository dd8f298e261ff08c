"""What `garrison doctor` looks at: each check names one cause and its remedy."""

from __future__ import annotations

import http.client
import os
import shutil
import sqlite3
import stat
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from garrison.cli.custom_rules import examine_programs
from garrison.cli.posture import ATTENTION, OK, Finding
from garrison.errors import OperatorError
from garrison.journal import Journal
from garrison.runtime.home import Home
from garrison.runtime.measures import folder_bytes
from garrison.runtime.parts import open_parts
from garrison.runtime.running import listen, running_server
from garrison.setting_sources import load_settings
from garrison.settings import Settings

_LEAST_FREE_BYTES = 512 * 1024 * 1024
_MOST_EVENTS_BEHIND = 10_000
_MOST_AHEAD_SECONDS = 300
"""How far a file's time may be ahead: clocks that are kept by NTP are nearer, and AWS refuses signatures beyond 15 minutes."""


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
    secret = (home.root_key_file, home.credentials_file, home.path / "root-credentials", home.tls_key, home.log_file)
    for path in (home.path, *secret, home.path / "store.db", home.recent_file, home.journal, home.spools):
        if not path.exists():
            continue
        status = path.stat()
        if stat.S_IMODE(status.st_mode) & 0o077:
            return Finding("private-files", ATTENTION, f"{path} can be read by others.", f"chmod go-rwx {path}")
        if status.st_uid != os.geteuid():
            return Finding(
                "private-files", ATTENTION, f"{path} belongs to another user.", f"chown -R {os.geteuid()} {home.path}"
            )
    return Finding("private-files", OK, "Home, keys, credentials and records can be read by their owner only.", "")


def _clock(home: Home, settings: Settings) -> Finding:
    """Files from the future: the clock was set back, so that signatures would be refused and events lie out of order."""
    limit = time.time() + _MOST_AHEAD_SECONDS
    for path in (home.path / "store.db", home.path / "store.db-wal", *home.journal.glob("*.journal")):
        if path.exists() and path.stat().st_mtime > limit:
            return Finding("clock", ATTENTION, f"{path} was written in the future.", "timedatectl set-ntp true")
    return Finding("clock", OK, "No file is from the future.", "")


def _certificate(home: Home, settings: Settings) -> Finding:
    running = running_server(home)
    is_served = settings.uses_tls or bool(running and str(running["endpoint"]).startswith("https:"))
    if not is_served:
        return Finding("certificate", OK, "The endpoint serves no TLS.", "")
    from garrison.runtime.tls import RENEW_BEFORE, certificate_end

    path = Path(settings.tls_certificate) if settings.tls_certificate else home.tls_certificate
    try:
        left = certificate_end(path) - datetime.now(UTC)
    except OperatorError as error:
        return Finding("certificate", ATTENTION, error.cause, error.remedy)
    if left < RENEW_BEFORE / 2:
        remedy = "Put a new one in its place." if settings.tls_certificate else "garrison down && garrison up --tls"
        return Finding("certificate", ATTENTION, f"The certificate {path} expires in {left.days} days.", remedy)
    return Finding("certificate", OK, f"The certificate is good for {left.days} days.", "")


def _journal(home: Home, settings: Settings) -> Finding:
    """Read every event and compare every checksum."""
    count = 0
    try:
        for batch in Journal(home.journal).batches():
            count += len(batch)
    except OperatorError as error:
        return Finding("journal", ATTENTION, error.cause, error.remedy)
    except OSError as error:
        return Finding("journal", ATTENTION, f"The journal cannot be read: {error}.", "Correct its owner and mode.")
    kept = sorted([*home.journal.glob("*.torn"), *home.spools.glob("*.damaged")])
    if kept:
        return Finding(
            "journal",
            ATTENTION,
            f"Damaged bytes were kept aside in {kept[0]}.",
            "Look at the disk, then move them away.",
        )
    return Finding("journal", OK, f"All {count} events of the journal are whole.", "")


def _store_file(home: Home, settings: Settings) -> Finding:
    path = home.path / "store.db"
    if settings.store_url:
        return Finding("store-file", OK, "The store is a database of its own.", "")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        return Finding("store-file", ATTENTION, f"{path} is damaged: {found}.", "garrison restore")
    return Finding("store-file", OK, "The store's file is whole.", "")


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
        behind = Journal(home.journal).last_position() - opened.parts.recent.position
    finally:
        opened.close()
    if behind > _MOST_EVENTS_BEHIND:
        return Finding("store", ATTENTION, f"LookupEvents is {behind} events behind.", "garrison up")
    return Finding("store", OK, "Root key, store, journal and index fit together.", "")


def _server(home: Home, settings: Settings) -> Finding:
    running = running_server(home)
    if running is None:
        return _port(settings)
    if not running["endpoint"]:
        return Finding("server", ATTENTION, "The server is starting.", "garrison doctor")
    from garrison.runtime.readiness import caller_identity

    try:
        caller_identity(home, running["endpoint"])
    except OperatorError as error:
        return Finding("server", ATTENTION, error.cause, error.remedy)
    except (OSError, http.client.HTTPException) as error:
        return Finding("server", ATTENTION, f"The server does not answer: {error}.", "garrison down && garrison up")
    restarts = sum(running["restarts"].values())
    if restarts:
        return Finding(
            "server", ATTENTION, f"Its processes were started again {restarts} times.", f"Read {home.log_file}."
        )
    return Finding("server", OK, f"A signed call to {running['endpoint']} succeeded.", "")


def _port(settings: Settings) -> Finding:
    try:
        listen(settings.bind, settings.port).close()
    except OperatorError as error:
        return Finding("server", ATTENTION, f"No server runs on this home. {error.cause}", error.remedy)
    return Finding("server", ATTENTION, "No server runs on this home.", "garrison up")


_CHECKS: tuple[Callable[[Home, Settings], Finding], ...] = (
    _private_files,
    _disk,
    _clock,
    _certificate,
    _parts,
    _store_file,
    _journal,
    lambda _home, settings: examine_programs(settings),
    _server,
)
