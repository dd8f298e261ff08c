"""What a host proves itself by: its private key, its certificate, and where they are good; kept in a folder that is its own."""

from __future__ import annotations

import os
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from garrison.errors import OperatorError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Certificate

_KEY, _PLACE = "key-and-certificate.pem", "host.json"


def default_folder() -> Path:
    """`$GARRISON_HOST`, else `~/.garrison-host`."""
    return Path(os.environ.get("GARRISON_HOST") or Path.home() / ".garrison-host")


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a host's certificate is good, and for what."""

    endpoint: str
    """The URL of the Garrison server."""
    ca_bundle: str | None = None
    """The file of certificates that the endpoint's must lead to; the system's where None."""
    region: str
    name: str
    trust_anchor_arn: str
    profile_arn: str
    role_arn: str | None = None
    """None where an instance profile says which role it is."""


class HostIdentity:
    """A host's key and certificate, read from its folder."""

    def __init__(self, folder: Path, place: Place, key: EllipticCurvePrivateKey, certificate: Certificate) -> None:
        self.folder = folder
        self.place = place
        self.key = key
        self.certificate = certificate

    def __repr__(self) -> str:
        return f"HostIdentity({self.place.name})"

    @cached_property
    def expires_at(self) -> datetime:
        """When the certificate does."""
        return self.certificate.not_valid_after_utc

    @cached_property
    def renew_at(self) -> datetime:
        """When half of the certificate's life is over."""
        begin = self.certificate.not_valid_before_utc
        return begin + (self.expires_at - begin) / 2


def new_key() -> EllipticCurvePrivateKey:
    """A fresh P-256 key."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def signing_request(key: EllipticCurvePrivateKey) -> str:
    """A certificate signing request for a key, PEM. It names nobody: who the host is, the invitation says."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import Encoding

    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def save_identity(folder: Path, place: Place, key: EllipticCurvePrivateKey, certificate: str) -> HostIdentity:
    """Keep key and certificate in the folder, readable by their owner only.

    Key and certificate are one file, replaced at once: at any crash they belong together.
    """
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    _write(folder / _PLACE, msgspec.json.format(msgspec.json.encode(place)).decode())
    _write(folder / _KEY, private + certificate)
    return load_identity(folder)


def load_identity(folder: Path) -> HostIdentity:
    """The identity in a folder; raises `OperatorError`."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        place = msgspec.json.decode((folder / _PLACE).read_bytes(), type=Place)
        pem = (folder / _KEY).read_bytes()
        key, certificate = load_pem_private_key(pem, None), x509.load_pem_x509_certificate(pem)
    except FileNotFoundError:
        raise OperatorError(
            f"No host is enrolled in {folder}.", "Ask for an invitation and run `garrison credentials enroll`."
        ) from None
    except (OSError, ValueError, msgspec.DecodeError) as problem:
        raise OperatorError(f"The identity in {folder} cannot be read: {problem}.", "Enroll the host again.") from None
    if not isinstance(key, EllipticCurvePrivateKey):
        raise OperatorError(f"The key in {folder} is not one that enrolment makes.", "Enroll the host again.")
    return HostIdentity(folder, place, key, certificate)


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        os.fchmod(descriptor, 0o600)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
