"""The home: one folder with everything an account keeps, and the version that its layout has."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from garrison.errors import OperatorError
from garrison.settings import FILE_NAME

LAYOUT_VERSION = "1"
"""Version of the folder's layout; a home of another version is not touched."""

PROFILE = "garrison"


@dataclass(frozen=True, slots=True)
class Home:
    """The places of a home."""

    path: Path

    @property
    def version_file(self) -> Path:
        """Written last when a home is made: its presence says that the home is whole."""
        return self.path / "VERSION"

    @property
    def settings_file(self) -> Path:
        """The operator's settings."""
        return self.path / FILE_NAME

    @property
    def root_key_file(self) -> Path:
        """The root key that seals every secret (0600)."""
        return self.path / "root.key"

    @property
    def credentials_file(self) -> Path:
        """The administrator's credentials, in the AWS shared-file format (0600)."""
        return self.path / "credentials"

    @property
    def config_file(self) -> Path:
        """Region and endpoint of the profile `garrison`, in the AWS shared-file format."""
        return self.path / "config"

    @property
    def spools(self) -> Path:
        """The workers' spool lanes."""
        return self.path / "spool"

    @property
    def journal(self) -> Path:
        """The journal's segments."""
        return self.path / "journal"

    @property
    def offsets(self) -> Path:
        """How far each consumer of the journal is."""
        return self.path / "offsets"

    @property
    def recent_file(self) -> Path:
        """The derived index of recent events; may be thrown away."""
        return self.path / "recent.db"

    @property
    def clock_file(self) -> Path:
        """The offset of a settable clock."""
        return self.path / "clock"

    @property
    def node_file(self) -> Path:
        """Who this home is to the others of its account, wherever it lies: the holder of its leases."""
        return self.path / "node"

    @property
    def tls_certificate(self) -> Path:
        """The certificate that Garrison made for its endpoint."""
        return self.path / "tls" / "certificate.pem"

    @property
    def tls_key(self) -> Path:
        """The key of that certificate (0600)."""
        return self.path / "tls" / "key.pem"

    @property
    def last_backup_file(self) -> Path:
        """When the last backup was taken: Garrison advises whoever has none."""
        return self.path / "last-backup"

    @property
    def run(self) -> Path:
        """What only a running server needs: lock, address, metrics."""
        return self.path / "run"

    @property
    def metrics(self) -> Path:
        """The workers' counts, a file each."""
        return self.run / "metrics"

    @property
    def address_file(self) -> Path:
        """The running server's endpoint URL and process ids, as JSON."""
        return self.run / "server.json"

    @property
    def lock_file(self) -> Path:
        """Locked while a server runs on this home."""
        return self.run / "lock"

    @property
    def log_file(self) -> Path:
        """The log of a detached server."""
        return self.path / "garrison.log"

    @property
    def exists(self) -> bool:
        """Whether the account was made here."""
        return self.version_file.exists()

    def check_version(self) -> None:
        """Raise `OperatorError` where the home is not of this layout; touches nothing."""
        found = self.version_file.read_text().strip()
        if found != LAYOUT_VERSION:
            raise OperatorError(
                f"The data directory {self.path} has version {found[:20]!r}, this Garrison keeps version {LAYOUT_VERSION}.",
                "Run `garrison upgrade`; where it knows no way, use the Garrison that made it or a newer one.",
            )

    def check_private(self) -> None:
        """Raise `OperatorError` where others can read the home."""
        mode = stat.S_IMODE(os.stat(self.path).st_mode)
        if mode & 0o077:
            raise OperatorError(
                f"The data directory {self.path} can be read by others (mode {mode:o}).",
                f"Run `chmod 700 {self.path}`.",
            )


def write_private(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner only, synced to the disk before its name appears."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def node_of(home: Home) -> str:
    """The home's own name among the nodes of an account, made at the first call: one that comes back keeps its leases."""
    with suppress(FileNotFoundError):
        return home.node_file.read_text().strip()
    write_private(home.node_file, f"node-{secrets.token_hex(8)}\n")
    return home.node_file.read_text().strip()


def write_profile(home: Home, endpoint: str, region: str, authority: Path | None = None) -> None:
    """Write the `config` file that points the profile `garrison` at a running server.

    `authority` is the certificate that callers must trust, where no public authority signed the server's.
    """
    lines = [f"[profile {PROFILE}]", f"region = {region}", f"endpoint_url = {endpoint}", "output = json"]
    if authority is not None:
        lines.append(f"ca_bundle = {authority}")
    write_private(home.config_file, "\n".join(lines) + "\n")


def write_credentials(home: Home, access_key_id: str, secret: str) -> None:
    """Write the administrator's key to `credentials`."""
    write_private(
        home.credentials_file,
        f"[{PROFILE}]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret}\n",
    )
