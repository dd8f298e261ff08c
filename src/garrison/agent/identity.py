"""Who the host is: its key and certificate, and where they are good. The folder has the form that `garrison credentials` uses."""

from __future__ import annotations

import json
import ssl
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from garrison.agent import files, keys
from garrison.agent.failures import AgentError

KEY, PLACE, CA = "key-and-certificate.pem", "host.json", "ca.pem"
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a host's certificate is good, and for what."""

    endpoint: str
    region: str
    name: str
    trust_anchor_arn: str
    profile_arn: str
    ca_bundle: str | None = None
    """The file of certificates that the server's must lead to; the system's where None."""
    role_arn: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A host's identity, read from its folder."""

    folder: Path
    place: Place
    certificate: str
    """PEM."""
    begins_at: datetime
    expires_at: datetime

    @property
    def key(self) -> Path:
        """The file that the key is in."""
        return self.folder / KEY

    @property
    def renew_at(self) -> datetime:
        """When half of the certificate's life is over."""
        return self.begins_at + (self.expires_at - self.begins_at) / 2

    @property
    def certificate_der(self) -> bytes:
        """The certificate as it is sent."""
        return ssl.PEM_cert_to_DER_cert(self.certificate)


def save(folder: Path, place: Place, key: bytes, certificate: str) -> Identity:
    """Keep a new identity: key and certificate are one file, so that they belong together at any crash."""
    files.make_folder(folder)
    files.write(folder / PLACE, json.dumps(asdict(place), indent=2).encode())
    files.write(folder / KEY, key.rstrip() + b"\n" + certificate.encode())
    return load(folder)


def load(folder: Path) -> Identity:
    """The identity in a folder; raises `AgentError`."""
    held, pem = files.read_json(folder / PLACE), files.read(folder / KEY)
    if not held or pem is None:
        raise AgentError(f"No host is enrolled in {folder}: run `enrol` with an invitation's token.")
    try:
        place = Place(**{name: held.get(name) for name in Place.__dataclass_fields__})  # type: ignore[arg-type]
        certificate = _CERTIFICATE + pem.decode().split(_CERTIFICATE, 1)[1]
    except (IndexError, UnicodeDecodeError):
        raise AgentError(f"The identity in {folder} cannot be read: enroll the host again.") from None
    begins_at, expires_at = keys.lifetime(certificate)
    return Identity(folder, place, certificate, begins_at, expires_at)
