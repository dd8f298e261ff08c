"""A real SAML identity provider (pysaml2, which signs by xmlsec1), and what its responses become in hostile hands."""

from __future__ import annotations

import base64
import shutil
import subprocess
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    pytest.importorskip("saml2")
    from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, saml
    from saml2.config import IdPConfig
    from saml2.metadata import entity_descriptor
    from saml2.saml import NameID
    from saml2.server import Server

DSIG = "{http://www.w3.org/2000/09/xmldsig#}"
AWS = "https://signin.aws.amazon.com/saml"
ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
SERVICE_PROVIDER = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:amazon:webservices">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAssertionsSigned="true">
<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{AWS}" index="1"/>
</SPSSODescriptor></EntityDescriptor>"""
"""AWS as the provider knows it."""
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


def xmlsec1() -> str:
    """The path of Debian's xmlsec1, without which pysaml2 cannot sign."""
    found = shutil.which("xmlsec1")
    if found is None:
        pytest.skip("xmlsec1 absent")
    return found


class IdentityProvider:
    """A SAML identity provider with a key of its own."""

    def __init__(self, folder: Path, name: str = "corp", *, days: int = 30) -> None:
        self.entity_id = f"https://idp.{name}.example.com/metadata"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._make_key(days)
        settings = {
            "entityid": self.entity_id,
            "xmlsec_binary": xmlsec1(),
            "key_file": str(folder / "key.pem"),
            "cert_file": str(folder / "cert.pem"),
            "metadata": {"inline": [SERVICE_PROVIDER]},
            "service": {
                "idp": {
                    "endpoints": {
                        "single_sign_on_service": [
                            (f"https://idp.{name}.example.com/sso", BINDING_HTTP_REDIRECT),
                            (f"https://idp.{name}.example.com/sso/post", BINDING_HTTP_POST),
                        ]
                    },
                    "policy": {
                        "default": {
                            "lifetime": {"minutes": 15},
                            "name_form": "urn:oasis:names:tc:SAML:2.0:attrname-format:uri",
                        }
                    },
                    "name_id_format": [PERSISTENT],
                }
            },
        }
        self.config = IdPConfig().load(settings)
        self._server = Server(config=self.config)

    @property
    def metadata(self) -> str:
        """Its metadata document."""
        return str(entity_descriptor(self.config))

    @property
    def private_key(self) -> bytes:
        """Its signing key, in PEM."""
        return (self.folder / "key.pem").read_bytes()

    @property
    def certificate(self) -> bytes:
        """Its certificate, in PEM."""
        return (self.folder / "cert.pem").read_bytes()

    def response(
        self,
        subject: str,
        role: str,
        provider: str,
        *,
        sign_assertion: bool = True,
        sign_response: bool = False,
        audience: str = "urn:amazon:webservices",
        recipient: str = AWS,
        in_response_to: str = "",
        signature: str = RSA_SHA256,
        digest: str = SHA256,
        session_ends_at: datetime | None = None,
        **attributes: Any,
    ) -> str:
        """The XML of a response for a user; `attributes` are AWS's own by short name, others by their whole name."""
        said: dict[str, Any] = {"Role": f"{role},{provider}", "RoleSessionName": subject} | attributes
        named = {
            (key if ":" in key and not key.startswith("PrincipalTag") else ATTRIBUTES + key): value
            for key, value in said.items()
        }
        answer = self._server.create_authn_response(
            {name: value if isinstance(value, list) else [value] for name, value in named.items() if value is not None},
            in_response_to=in_response_to or None,
            destination=recipient,
            sp_entity_id=audience,
            name_id=NameID(format=PERSISTENT, text=subject),
            authn={"class_ref": saml.AUTHN_PASSWORD_PROTECTED, "authn_auth": self.entity_id},
            sign_assertion=sign_assertion,
            sign_response=sign_response,
            sign_alg=signature,
            digest_alg=digest,
            session_not_on_or_after=session_ends_at.strftime("%Y-%m-%dT%H:%M:%SZ") if session_ends_at else None,
        )
        return str(answer)

    def resigned(self, xml: str, change: Callable[[Any], None]) -> str:
        """A response with a signed assertion after a change that the provider itself signs, by xmlsec1."""
        root = etree.fromstring(xml.encode())
        change(root)
        for name in ("DigestValue", "SignatureValue"):
            for element in root.iter(f"{DSIG}{name}"):
                element.text = None
        file = self.folder / "changed.xml"
        file.write_bytes(etree.tostring(root))
        command = [xmlsec1(), "--sign", "--privkey-pem", str(self.folder / "key.pem")]
        for name in ("assertion:Assertion", "protocol:Response"):
            command += ["--id-attr:ID", f"urn:oasis:names:tc:SAML:2.0:{name}"]
        return subprocess.run([*command, str(file)], capture_output=True, check=True).stdout.decode()

    def _make_key(self, days: int) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=400))
            .not_valid_after(now + timedelta(days=days))
            .sign(key, hashes.SHA256())
        )
        (self.folder / "key.pem").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
            )
        )
        (self.folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def encoded(xml: str) -> str:
    """A response as AssumeRoleWithSAML takes it."""
    return base64.b64encode(xml.encode()).decode()
