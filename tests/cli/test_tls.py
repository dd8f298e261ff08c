"""TLS: needed beyond loopback, made by Garrison or brought by the operator, trusted through the written configuration."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography import x509

from garrison.errors import OperatorError
from garrison.runtime.tls import RENEW_BEFORE, is_renewed, make_certificate
from garrison.setting_sources import load_settings


def event_of(garrison: Any, name: str) -> dict[str, Any]:
    """The newest recorded event of an operation, once LookupEvents has it."""
    attributes = [{"AttributeKey": "EventName", "AttributeValue": name}]
    for _ in range(500):
        events = garrison.client("cloudtrail").lookup_events(LookupAttributes=attributes)["Events"]
        if events:
            found: dict[str, Any] = json.loads(events[0]["CloudTrailEvent"])
            return found
        time.sleep(0.02)
    raise AssertionError(f"no {name} was recorded")


def aws(garrison: Any, *arguments: str) -> dict[str, Any]:
    """What the AWS CLI says, with nothing but the home's files as its configuration."""
    done = subprocess.run(
        [sys.executable, "-m", "awscli", "--profile", "garrison", *arguments],
        env=garrison.environment
        | {
            "AWS_SHARED_CREDENTIALS_FILE": str(garrison.home / "credentials"),
            "AWS_CONFIG_FILE": str(garrison.home / "config"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_beyond_loopback_it_refuses_to_start_without_tls(garrison: Any) -> None:
    for address in ("0.0.0.0", "::", "192.0.2.1", "garrison.example"):
        said = garrison.told("up", "--port", "0", "--bind", address, code=1)
        assert "in clear" in said["error"]
        assert "--tls" in said["remedy"]


def test_boto3_and_the_aws_cli_trust_the_certificate_that_was_made(garrison: Any) -> None:
    endpoint = garrison.up("--tls", "--bind", "0.0.0.0")["endpoint"]
    assert endpoint.startswith("https://127.0.0.1:")
    garrison.client("iam").create_user(UserName="alice")
    details = event_of(garrison, "CreateUser")["tlsDetails"]
    assert details["tlsVersion"] in ("TLSv1.2", "TLSv1.3")
    assert details["cipherSuite"]
    assert details["clientProvidedHostHeader"] == urlsplit(endpoint).netloc
    assert aws(garrison, "sts", "get-caller-identity")["Arn"].endswith(":user/administrator")
    strict = ssl.create_default_context(cafile=str(garrison.home / "tls" / "certificate.pem"))
    strict.verify_flags |= ssl.VERIFY_X509_STRICT
    place = urlsplit(endpoint)
    with (
        socket.create_connection((place.hostname, place.port), timeout=30) as raw,
        strict.wrap_socket(raw, server_hostname="localhost") as connection,
    ):
        assert connection.version() in ("TLSv1.2", "TLSv1.3")


def test_ipv6_loopback_is_served(garrison: Any) -> None:
    endpoint = garrison.up("--bind", "::1")["endpoint"]
    assert endpoint.startswith("http://[::1]:")
    garrison.client("iam").create_user(UserName="alice")
    assert event_of(garrison, "CreateUser")["sourceIPAddress"] == "::1"
    garrison.down()
    assert garrison.up("--bind", "::1", "--tls")["endpoint"].startswith("https://[::1]:")
    assert garrison.client("sts").get_caller_identity()["Account"]


def test_the_operators_own_certificate_is_served_under_its_name(garrison: Any, tmp_path: Path) -> None:
    garrison.found()
    certificate, key = tmp_path / "own.pem", tmp_path / "own.key"
    made = make_certificate("garrison.localhost", (), dt.datetime.now(dt.UTC))
    certificate.write_text(made[0])
    key.write_text(made[1])
    key.chmod(0o600)
    settings = garrison.home / "garrison.toml"
    settings.write_text(settings.read_text() + f'tls_certificate = "{certificate}"\ntls_key = "{key}"\n')
    assert garrison.up()["endpoint"].startswith("https://127.0.0.1:")
    assert garrison.client("sts").get_caller_identity()["Account"]
    assert not (garrison.home / "tls").exists()
    garrison.down()
    key.write_text(make_certificate("127.0.0.1", (), dt.datetime.now(dt.UTC))[1])
    assert "does not go with" in garrison.told("up", "--port", "0", code=1)["error"]
    key.unlink()
    assert "does not go with" in garrison.told("up", "--port", "0", code=1)["error"]
    certificate.write_text("nonsense")
    assert "cannot be read" in garrison.told("up", "--port", "0", code=1)["error"]


def only_for(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate for one name, which its own authority signed, and its key."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now = dt.datetime.now(dt.UTC)
    keys = {who: ec.generate_private_key(ec.SECP256R1()) for who in ("authority", "server")}
    names = {who: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)]) for who in keys}

    def signed(who: str, extension: x509.ExtensionType) -> bytes:
        builder = x509.CertificateBuilder(names["authority"], names[who], keys[who].public_key())
        builder = builder.serial_number(x509.random_serial_number()).add_extension(extension, critical=False)
        builder = builder.not_valid_before(now - dt.timedelta(hours=1)).not_valid_after(now + dt.timedelta(days=9))
        return builder.sign(keys["authority"], hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    server = signed("server", x509.SubjectAlternativeName([x509.DNSName(name)]))
    (folder / "chain.pem").write_bytes(server + signed("authority", x509.BasicConstraints(True, None)))
    (folder / "chain.key").write_bytes(
        keys["server"].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return folder / "chain.pem", folder / "chain.key"


def test_a_certificate_for_a_name_needs_that_name_allowed(garrison: Any, tmp_path: Path) -> None:
    garrison.found()
    certificate, key = only_for(tmp_path, "garrison.localhost")
    settings = garrison.home / "garrison.toml"
    settings.write_text(settings.read_text() + f'tls_certificate = "{certificate}"\ntls_key = "{key}"\n')
    assert "allowed_hosts" in garrison.told("up", "--port", "0", code=1)["remedy"]
    environment = {"GARRISON_ALLOWED_HOSTS": "garrison.localhost"}
    assert garrison.up(environment=environment)["endpoint"].startswith("https://garrison.localhost:")
    assert f"ca_bundle = {certificate}" in (garrison.home / "config").read_text()
    findings = garrison.told("doctor", code=garrison.run("doctor").returncode)["findings"]
    assert [finding["state"] for finding in findings if finding["check"] == "server"] == ["ok"]


def test_a_certificate_is_made_anew_before_it_expires_or_when_it_lacks_a_name(
    installations: Callable[[str], Any],
) -> None:
    garrison = installations("home")
    garrison.found()
    settings = load_settings(garrison.home, tls=True)
    now = dt.datetime.now(dt.UTC)
    path = garrison.home / "tls" / "certificate.pem"
    assert is_renewed(settings, now)
    first = x509.load_pem_x509_certificate(path.read_bytes())
    assert not is_renewed(settings, first.not_valid_after_utc - RENEW_BEFORE - dt.timedelta(days=1))
    assert x509.load_pem_x509_certificate(path.read_bytes()) == first
    assert is_renewed(settings, first.not_valid_after_utc - RENEW_BEFORE + dt.timedelta(days=1))
    assert x509.load_pem_x509_certificate(path.read_bytes()) != first
    assert not is_renewed(settings, now)
    assert is_renewed(load_settings(garrison.home, tls=True, allowed_hosts=["garrison.example"]), now)
    assert os.stat(garrison.home / "tls" / "key.pem").st_mode & 0o777 == 0o600
    path.write_text("nonsense")
    with pytest.raises(OperatorError, match="cannot be read"):
        is_renewed(settings, now)
