"""What a certificate says of its holder: the session tags, source identity and names that policies can ask for. Pure.

IAM Roles Anywhere User Guide, "The IAM Roles Anywhere trust model", Policy: `aws:PrincipalTag/x509Subject/CN` and the like,
for the relative names of subject and issuer and for the first alternative names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509

_NAMES = {
    "2.5.4.3": "CN",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.6": "C",
    "2.5.4.8": "ST",
    "2.5.4.7": "L",
    "2.5.4.9": "STREET",
    "0.9.2342.19200300.100.1.25": "DC",
    "0.9.2342.19200300.100.1.1": "UID",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.12": "T",
    "2.5.4.42": "GN",
    "2.5.4.4": "SN",
    "2.5.4.46": "DNQUALIFIER",
    "1.2.840.113549.1.9.1": "E",
}
"""Object identifiers of a name's parts (RFC 4519, RFC 5280) and what policies call them."""
_NOT_IN_TAGS = re.compile(r"[^\w\s.:/=+\-@]")
_NOT_IN_SOURCE_IDENTITY = re.compile(r"[^\w+=,.@-]", re.ASCII)
LONGEST_TAG_VALUE, LONGEST_SOURCE_IDENTITY = 256, 64
MOST_TAGS = 50
"""Session tags of one session (STS API reference, AssumeRole, `Tags`)."""


def session_tags(certificate: x509.Certificate) -> dict[str, str]:
    """The tags of a certificate's sessions: several values of one name are joined by a slash."""
    tags = _of_name("x509Subject", certificate.subject) | _of_name("x509Issuer", certificate.issuer)
    tags |= _of_alternatives(certificate)
    return dict(list(tags.items())[:MOST_TAGS])


def source_identity(certificate: x509.Certificate) -> str | None:
    """`CN=` and the subject's common name, in the characters that a source identity has; None without a common name."""
    name = common_name(certificate)
    return None if name is None else _NOT_IN_SOURCE_IDENTITY.sub("_", f"CN={name}")[:LONGEST_SOURCE_IDENTITY]


def common_name(certificate: x509.Certificate) -> str | None:
    """The subject's first common name."""
    return next((_text(one) for one in certificate.subject if _NAMES.get(one.oid.dotted_string) == "CN"), None)


def default_session_name(certificate: x509.Certificate) -> str:
    """The role session's name where the request gives none: the serial number, in hexadecimal digits."""
    return f"{certificate.serial_number:02x}"[:64]


def _of_name(prefix: str, name: x509.Name) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for attribute in name:
        short = _NAMES.get(attribute.oid.dotted_string)
        if short is not None:
            found.setdefault(f"{prefix}/{short}", []).append(_text(attribute))
    return {key: _tag_value("/".join(values)) for key, values in found.items()}


def _of_alternatives(certificate: x509.Certificate) -> dict[str, str]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return {}
    tags: dict[str, str] = {}
    for name in names:
        if isinstance(name, x509.DNSName):
            tags.setdefault("x509SAN/DNS", _tag_value(name.value))
        elif isinstance(name, x509.UniformResourceIdentifier):
            tags.setdefault("x509SAN/URI", _tag_value(name.value))
        elif isinstance(name, x509.DirectoryName):
            for key, value in _of_name("x509SAN/Name", name.value).items():
                tags.setdefault(key, value)
    return tags


def _text(attribute: x509.NameAttribute[str | bytes]) -> str:
    return attribute.value if isinstance(attribute.value, str) else attribute.value.hex()


def _tag_value(text: str) -> str:
    return _NOT_IN_TAGS.sub("_", text)[:LONGEST_TAG_VALUE]
