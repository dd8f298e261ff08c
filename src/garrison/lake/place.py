"""Where a lake lies: its catalog, its files, and the lock of its writers on this machine."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from garrison.journal.files import FILE_MODE, make_folder, replace_whole
from garrison.settings import Settings

CATALOG_NAME = "garrison"
TABLE = "garrison.cloudtrail_events"
WAF_TABLE = "garrison.waf_logs"
_SQL = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class LakePlace:
    """A lake's place, as settings name it."""

    folder: Path
    """The lake's folder in the home: catalog and files where nothing else is set, lock and what was set aside."""
    catalog: str = ""
    """Empty for SQLite in the folder; else a `postgresql://…` or `sqlite:///…` URL, or a REST catalog's `https://…`."""
    warehouse: str = ""
    """Empty for the folder; else a location, as `s3://bucket/prefix` or `file:///srv/lake`."""
    endpoint: str = ""
    """The URL of an S3-compatible store where it is not AWS's own."""
    region: str = "us-east-1"
    owner: str = "node"
    """Which node writes from here."""

    @property
    def catalog_uri(self) -> str:
        """The catalog's URL."""
        return self.catalog or f"sqlite:///{self.folder / 'catalog.db'}"

    @property
    def is_sql(self) -> bool:
        """Whether the catalog is a SQL database."""
        return self.catalog_uri.startswith(_SQL)

    @property
    def ledger_url(self) -> str:
        """The database of the ledger: the catalog's own where it is one."""
        return _with_driver(self.catalog_uri) if self.is_sql else f"sqlite:///{self.folder / 'ledger.db'}"

    @property
    def warehouse_location(self) -> str:
        """Where the table's files are."""
        return self.warehouse or f"file://{self.folder / 'warehouse'}"

    @property
    def is_local(self) -> bool:
        """Whether the files are on this machine's disk."""
        return self.warehouse_location.startswith(("file:", "/"))

    @property
    def exists(self) -> bool:
        """Whether anything was ever put into the lake from here."""
        return bool(self.catalog) or (self.folder / "catalog.db").exists()

    def note_accounts(self, accounts: Iterable[str]) -> None:
        """Note that log files of these accounts are taken in."""
        folder = self.folder / "taken-in"
        for account in accounts:
            if not (folder / account).exists():
                make_folder(folder)
                replace_whole(folder / account, b"")

    def has_taken_in(self, account: str) -> bool:
        """Whether log files of an account may have been taken in; other machines may have done so in a shared catalog."""
        return bool(self.catalog) or (self.folder / "taken-in" / account).exists()

    def properties(self) -> dict[str, str]:
        """What PyIceberg needs to know to open the catalog and the files."""
        found = {
            "type": "sql" if self.is_sql else "rest",
            "uri": _with_driver(self.catalog_uri) if self.is_sql else self.catalog_uri,
            "warehouse": self.warehouse_location,
        }
        if self.is_local:
            found["py-io-impl"] = "garrison.lake.files.SyncedFileIO"
        else:
            found["s3.region"] = self.region
            found |= {"s3.endpoint": self.endpoint} if self.endpoint else {}
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only writer on this machine."""
        make_folder(self.folder)
        descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def place_of(settings: Settings, owner: str = "node") -> LakePlace:
    """The place that settings name."""
    return LakePlace(
        folder=settings.home_path / "lake",
        catalog=settings.lake_catalog,
        warehouse=settings.lake_warehouse,
        endpoint=settings.lake_endpoint,
        region=settings.region,
        owner=owner,
    )


def local_path(location: str) -> Path | None:
    """The path of a location on the local disk, or None for one elsewhere."""
    parts = urlsplit(location)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return None if parts.scheme else Path(location)
