"""The host's private key: made, used for a request to certify it, and for signatures, by the `openssl` program.

Python's standard library has no signatures; every distribution has this program beside the libraries that its `ssl` module uses.
Keys go by private files, never by arguments. docs/decisions says why it is done so.
"""

from __future__ import annotations

import shutil
import ssl
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from garrison.agent.failures import AgentError

_PATH = "/usr/bin:/bin:/usr/local/bin:/usr/sbin:/sbin"
_SECONDS = 30


def new_key() -> bytes:
    """A fresh P-256 key, PKCS #8, PEM."""
    return _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")


def signing_request(key: Path) -> str:
    """A certificate signing request for the key in a file, PEM. It names nobody: who the host is, the invitation says."""
    return _openssl("req", "-new", "-sha256", "-subj", "/", "-key", str(key)).decode()


def sign(key: Path, message: bytes) -> bytes:
    """The ECDSA signature (SHA-256, DER) of a message with the key in a file."""
    return _openssl("dgst", "-sha256", "-sign", str(key), given=message)


def lifetime(pem: str) -> tuple[datetime, datetime]:
    """From when to when a certificate is good."""
    said = _openssl("x509", "-noout", "-startdate", "-enddate", given=pem.encode()).decode()
    found = dict(line.partition("=")[::2] for line in said.splitlines())
    begin, end = (
        datetime.fromtimestamp(ssl.cert_time_to_seconds(found[name]), UTC) for name in ("notBefore", "notAfter")
    )
    return begin, end


def serial_number(pem: str) -> int:
    """A certificate's serial number."""
    said = _openssl("x509", "-noout", "-serial", given=pem.encode()).decode()
    return int(said.strip().partition("=")[2], 16)


def _openssl(*arguments: str, given: bytes = b"") -> bytes:
    program = shutil.which("openssl", path=_PATH)
    if program is None:
        raise AgentError("The openssl program is not there: install the package `openssl`.")
    try:
        done = subprocess.run(
            [program, *arguments],
            input=given,
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            env={"PATH": _PATH, "OPENSSL_CONF": "/dev/null"},
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise AgentError(f"openssl {arguments[0]} failed: {problem}") from None
    return done.stdout
