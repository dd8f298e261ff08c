"""A certificate authority of the operator's own, and requests signed by its certificates' keys, with botocore's canonical form."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
from datetime import datetime, timedelta
from typing import Any
from urllib.error import HTTPError

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Issued:
    """A certificate with its key, and what leads from it to the authority."""

    def __init__(self, certificate: x509.Certificate, key: Key, chain: tuple[x509.Certificate, ...] = ()) -> None:
        self.certificate, self.key, self.chain = certificate, key, chain

    @property
    def pem(self) -> str:
        """The certificate."""
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def sign(self, text: bytes) -> bytes:
        """A signature by its key."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(text, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(text, ec.ECDSA(hashes.SHA256()))

    @property
    def algorithm(self) -> str:
        """The name of its signatures."""
        return f"AWS4-X509-{'RSA' if isinstance(self.key, rsa.RSAPrivateKey) else 'ECDSA'}-SHA256"


def name_of(**parts: str) -> x509.Name:
    """A distinguished name."""
    oids = {"CN": NameOID.COMMON_NAME, "O": NameOID.ORGANIZATION_NAME, "OU": NameOID.ORGANIZATIONAL_UNIT_NAME}
    return x509.Name([x509.NameAttribute(oids[part], value) for part, value in parts.items()])


def usage(**given: bool) -> x509.KeyUsage:
    """A key usage with these bits set."""
    every = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    every += ("key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    return x509.KeyUsage(**{bit: given.get(bit, False) for bit in every})


class Authority(Issued):
    """An authority that signs what it is asked to, also what it should not."""

    def __init__(self, at: datetime, name: str = "Test authority", parent: Authority | None = None) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        signer, issuer = (parent.key, parent.certificate.subject) if parent else (key, name_of(CN=name))
        builder = _builder(name_of(CN=name), issuer, key, at - timedelta(days=1), at + timedelta(days=365))
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(usage(key_cert_sign=True, crl_sign=True), critical=True)
        super().__init__(builder.sign(signer, hashes.SHA256()), key)
        self._at = at

    def issue(
        self,
        subject: x509.Name | None = None,
        *,
        key: Key | None = None,
        begins: timedelta = timedelta(0),
        ends: timedelta = timedelta(days=1),
        is_authority: bool = False,
        key_usage: x509.KeyUsage | None = None,
        hash_algorithm: Any = None,
        extensions: tuple[tuple[x509.ExtensionType, bool], ...] = (),
        chain: tuple[x509.Certificate, ...] = (),
    ) -> Issued:
        """A certificate."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = subject or name_of(O="Example", OU="web", CN="host-1")
        builder = _builder(subject, self.certificate.subject, key, self._at + begins, self._at + ends)
        builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        builder = builder.add_extension(key_usage or usage(digital_signature=True), critical=True)
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return Issued(builder.sign(self.key, hash_algorithm or hashes.SHA256()), key, chain)

    def crl(self, *revoked: Issued) -> bytes:
        """A revocation list, PEM."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(self._at).next_update(self._at + timedelta(days=7))
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(self._at).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    return made.serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)


class Answer(dict[str, Any]):
    """An answer with its status."""

    status: int


def create_session(
    endpoint: str,
    issued: Issued,
    at: datetime,
    *,
    region: str = "us-east-1",
    query: str = "",
    service: str = "rolesanywhere",
    headers: dict[str, str] | None = None,
    signer: Issued | None = None,
    **body: Any,
) -> Answer:
    """Ask for a session as AWS's own helper does; `signer` signs in the place of the certificate's key."""
    timestamp, content = at.strftime("%Y%m%dT%H%M%SZ"), json.dumps(body).encode()
    request = AWSRequest("POST", f"{endpoint}/sessions{query}", data=content)
    request.headers["Content-Type"] = "application/json"
    request.headers["X-Amz-Date"] = timestamp
    request.headers["X-Amz-X509"] = _der(issued.certificate)
    if issued.chain:
        request.headers["X-Amz-X509-Chain"] = ",".join(_der(one) for one in issued.chain)
    for name, value in (headers or {}).items():
        request.headers.replace_header(name, value) if name in request.headers else request.headers.add_header(
            name, value
        )
    request.context["timestamp"] = timestamp
    auth = SigV4Auth(Credentials("x", "x"), service, region)
    digest = hashlib.sha256(auth.canonical_request(request).encode()).hexdigest()
    scope = f"{timestamp[:8]}/{region}/{service}/aws4_request"
    text = "\n".join([issued.algorithm, timestamp, scope, digest])
    names = auth.signed_headers(auth.headers_to_sign(request))
    signature = (signer or issued).sign(text.encode()).hex()
    request.headers["Authorization"] = (
        f"{issued.algorithm} Credential={issued.certificate.serial_number}/{scope}, "
        f"SignedHeaders={names}, Signature={signature}"
    )
    prepared = urllib.request.Request(request.url, content, dict(request.headers.items()), method="POST")
    try:
        with urllib.request.urlopen(prepared, timeout=20) as response:
            answer, status = Answer(json.load(response)), response.status
    except HTTPError as refused:
        answer, status = Answer(json.load(refused)), refused.code
    answer.status = status
    return answer


def _der(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
