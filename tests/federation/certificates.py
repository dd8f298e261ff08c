"""Certificates of an authority that no system knows."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from garrison.federation.handshake import thumbprint


class Authority:
    """A certificate authority that no system knows, and a server's certificate from it."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self.root = self._signed("Authority", key, "Authority", key, None)
        self.leaf = self._signed("server", leaf_key, "Authority", key, host)
        chain, file = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (self.leaf, self.root)))
        file.write_bytes(
            leaf_key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(chain, file)

    @property
    def thumbprint(self) -> str:
        return thumbprint(self.root.public_bytes(serialization.Encoding.DER))

    @property
    def leaf_thumbprint(self) -> str:
        return thumbprint(self.leaf.public_bytes(serialization.Encoding.DER))

    @staticmethod
    def _signed(
        name: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        issuer_key: ec.EllipticCurvePrivateKey,
        host: str | None,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(issuer_key, hashes.SHA256())
