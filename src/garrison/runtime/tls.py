"""TLS for the endpoint: the operator's certificate, or one made in the home and renewed before it expires."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

from garrison.errors import OperatorError
from garrison.runtime.home import Home, write_private
from garrison.settings import Settings

if TYPE_CHECKING:
    from cryptography import x509

_VALID_DAYS = 397
"""Longest life of a server certificate that clients accept (CA/Browser Forum baseline requirements 6.3.2)."""
RENEW_BEFORE = dt.timedelta(days=30)
"""How long before its end a certificate is made anew."""
_EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound


def certificate_paths(settings: Settings) -> tuple[Path, Path]:
    """Paths of certificate chain and key; makes a pair in the home where the operator named none."""
    if not settings.tls_certificate:
        is_renewed(settings)
        home = Home(settings.home_path)
        return home.tls_certificate, home.tls_key
    certificate, key = Path(settings.tls_certificate), Path(settings.tls_key or settings.tls_certificate)
    _check_pair(certificate, key)
    return certificate, key


def is_renewed(settings: Settings, now: dt.datetime | None = None) -> bool:
    """Make the home's own certificate where it is missing, lacks a name or soon expires; whether a new one was made."""
    if settings.tls_certificate:
        return False
    home = Home(settings.home_path)
    at = now or dt.datetime.now(dt.UTC)
    if home.tls_certificate.exists() and home.tls_key.exists():
        leaf = _load(home.tls_certificate)[0]
        wanted = set(_alternative_names(settings.bind, settings.allowed_hosts))
        if wanted <= set(_names_of(leaf)) and leaf.not_valid_after_utc - at > RENEW_BEFORE:
            return False
    home.tls_certificate.parent.mkdir(mode=0o700, exist_ok=True)
    certificate, key = make_certificate(settings.bind, settings.allowed_hosts, at)
    write_private(home.tls_key, key)
    write_private(home.tls_certificate, certificate)
    return True


def endpoint_host(settings: Settings) -> str:
    """The host of the endpoint's URL: the bound address, or the name that the operator's certificate is for."""
    address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.bind, settings.bind)  # noqa: S104 - compared with
    if settings.tls_certificate:
        from cryptography import x509

        names = _names_of(_load(Path(settings.tls_certificate))[0])
        own = [name.value for name in names if isinstance(name, x509.DNSName) and "*" not in name.value]
        if own and address not in {str(name.value) for name in names}:
            if own[0] not in settings.allowed_hosts and own[0] != "localhost":
                raise OperatorError(
                    f"The certificate {settings.tls_certificate} is for {own[0]}, which requests may not name.",
                    f'Add {own[0]} to allowed_hosts in garrison.toml: allowed_hosts = ["{own[0]}"].',
                )
            return str(own[0])
    return f"[{address}]" if ":" in address else address


def authority(settings: Settings) -> Path | None:
    """The file that callers must trust: the home's own certificate, or a chain that ends in its own root; else None."""
    if not settings.uses_tls:
        return None
    certificate, _ = certificate_paths(settings)
    root = _load(certificate)[-1]
    return certificate if root.issuer == root.subject else None


def certificate_end(path: Path) -> dt.datetime:
    """When the certificate in a file expires; raises `OperatorError`."""
    return _load(path)[0].not_valid_after_utc


def make_certificate(bind: str, names: tuple[str, ...], at: dt.datetime) -> tuple[str, str]:
    """A self-signed P-256 certificate for loopback, the bound address and these names, with its key, both PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Garrison")])
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - dt.timedelta(minutes=5))
        .not_valid_after(at + dt.timedelta(days=_VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(_alternative_names(bind, names)), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )
    return (
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )


def _key_usage() -> x509.KeyUsage:
    """What strict clients (OpenSSL's X509_STRICT, Python 3.13's default) ask of a certificate that is its own authority."""
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative_names(bind: str, names: tuple[str, ...]) -> list[x509.GeneralName]:
    from cryptography import x509

    found: dict[str, x509.GeneralName] = {}
    for name in ("localhost", "127.0.0.1", "::1", bind, *names):
        if name in _EVERY_ADDRESS:
            continue
        try:
            found[name] = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            found[name] = x509.DNSName(name)
    return list(found.values())


def _names_of(certificate: x509.Certificate) -> list[x509.GeneralName]:
    from cryptography import x509

    try:
        return list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        return []


def _load(path: Path) -> list[x509.Certificate]:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else "it is not PEM"
        raise OperatorError(
            f"The certificate {path} cannot be read: {cause}.", "Correct tls_certificate, or delete the file."
        ) from None


def _check_pair(certificate: Path, key: Path) -> None:
    import ssl

    _load(certificate)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise OperatorError(
            f"The key {key} does not go with the certificate {certificate}: {error.strerror or error}.",
            "Correct tls_certificate and tls_key in garrison.toml.",
        ) from None
