"""TLS for the endpoint: the operator's certificate, or one made in the home."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.errors import OperatorError
from garrison.runtime.home import Home, write_private
from garrison.settings import Settings

if TYPE_CHECKING:
    from cryptography import x509

_VALID_DAYS = 397
"""Longest life of a server certificate that clients accept (CA/Browser Forum baseline requirements 6.3.2)."""


def certificate_paths(settings: Settings) -> tuple[Path, Path]:
    """Paths of certificate chain and key; makes a self-signed pair in the home where the operator named none."""
    if settings.tls_certificate:
        certificate, key = Path(settings.tls_certificate), Path(settings.tls_key or settings.tls_certificate)
        for path in (certificate, key):
            if not os.access(path, os.R_OK):
                raise OperatorError(f"The TLS file {path} cannot be read.", "Correct tls_certificate and tls_key.")
        return certificate, key
    folder = Home(settings.home_path).path / "tls"
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not certificate.exists() or not key.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        made_certificate, made_key = make_certificate(settings.bind, settings.allowed_hosts)
        write_private(key, made_key)
        write_private(certificate, made_certificate)
    return certificate, key


def make_certificate(bind: str, names: tuple[str, ...]) -> tuple[str, str]:
    """A self-signed P-256 certificate for loopback, the bound address and these names, with its key, both PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Garrison")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + dt.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(_alternative_names(bind, names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )


def _alternative_names(bind: str, names: tuple[str, ...]) -> list[x509.GeneralName]:
    from cryptography import x509

    found: dict[str, x509.GeneralName] = {"localhost": x509.DNSName("localhost")}
    for name in ("127.0.0.1", "::1", bind, *names):
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            found[name] = x509.DNSName(name)
        else:
            if not address.is_unspecified:
                found[name] = x509.IPAddress(address)
    return list(found.values())
