"""A host proves itself once by a token, and by its own key from then on; what it opens, and when it no longer does."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from garrison.credentials import RoleSessions, load_identity, renew_if_due
from garrison.credentials.endpoint import Endpoint, Refused
from garrison.credentials.enrolment import _headers, enroll
from garrison.credentials.identity import new_key, signing_request
from garrison.errors import OperatorError
from garrison.testing import Account, allow
from garrison.testing.clients import Credentials

from .conftest import ANYWHERE, Hosts, Machine, trusting


def test_a_token_is_good_once_and_is_never_recorded(garrison_module: Account, hosts: Hosts, app_role: str) -> None:
    token = hosts.invite("once", hosts.profile(app_role), app_role)
    first, second = hosts.machine(), hosts.machine()
    assert first.enroll(token).returncode == 0
    refused = second.enroll(token)
    assert refused.returncode == 1
    assert "The invitation is not valid" in refused.stderr
    assert not second.folder.exists()
    recorded = json.dumps(garrison_module.events("CreateHostInvitation") + garrison_module.events("EnrollHost"))
    assert token not in recorded
    assert token.rpartition(".")[2] not in recorded
    assert "BEGIN CERTIFICATE REQUEST" in recorded, "what was certified is recorded"


def test_a_token_expires_and_a_wrong_one_opens_nothing(garrison_module: Account, hosts: Hosts, app_role: str) -> None:
    token = hosts.invite("late", hosts.profile(app_role), app_role, ExpiresInSeconds=60)
    endpoint = garrison_module.endpoint
    account, region, secret = token.split(".")
    wrong = (
        f"{account}.{region}.{secret[:-1]}{'A' if secret[-1] != 'A' else 'B'}",
        f"999999999999.{region}.{secret}",
        f"{account}.eu-west-1.{secret}",
        secret,
        "..",
    )
    for bad in wrong:
        with pytest.raises(Refused, match="invitation is not valid"):
            enroll(hosts.machine().folder, endpoint, bad)
    garrison_module.clock.shift(timedelta(seconds=61))
    with pytest.raises(Refused, match="invitation is not valid"):
        enroll(hosts.machine().folder, endpoint, token)


def test_the_hosts_key_is_its_owners_only_and_stays_with_it(app: Machine) -> None:
    assert stat.S_IMODE(app.folder.stat().st_mode) == 0o700
    for path in app.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    identity = load_identity(app.folder)
    assert identity.certificate.public_key() == identity.key.public_key()
    assert "app-1" in repr(identity)


def test_a_host_opens_only_what_it_was_invited_for(garrison_module: Account, hosts: Hosts, app_role: str) -> None:
    other = garrison_module.role("admin", ["AdministratorAccess"], trust=trusting(ANYWHERE)).arn
    both = hosts.profile(app_role, other)
    identity = load_identity(hosts.enrolled("narrow", both, app_role).folder)
    endpoint, at = Endpoint(garrison_module.endpoint), garrison_module.clock.now()
    for role, profile in ((other, both), (app_role, hosts.profile(app_role)), (other, hosts.profile(other))):
        body = {"trustAnchorArn": identity.place.trust_anchor_arn, "profileArn": profile, "roleArn": role}
        with pytest.raises(Refused, match="was not invited"):
            endpoint.call("/sessions", body, {}, signer=identity, service="rolesanywhere", at=at)


def test_a_revoked_host_gets_nothing_until_it_is_invited_again(
    garrison_module: Account, hosts: Hosts, app_role: str
) -> None:
    profile = hosts.profile(app_role)
    machine = hosts.enrolled("lost", profile, app_role)
    sessions = RoleSessions(load_identity(machine.folder), garrison_module.clock)
    held = sessions.current()
    hosts.garrison.revoke_host(Name="lost")
    assert sessions.current() == held, "what it has runs on"
    garrison_module.clock.shift(timedelta(minutes=41))
    with pytest.raises(Refused, match="not enrolled"):
        sessions.current()
    again = hosts.machine()
    assert again.enroll(hosts.invite("lost", profile, app_role)).returncode == 0
    assert RoleSessions(load_identity(again.folder), garrison_module.clock).current()
    with pytest.raises(Refused):
        RoleSessions(load_identity(machine.folder), garrison_module.clock).current()


def test_sessions_are_made_anew_before_sdks_ask_for_it(garrison_module: Account, app: Machine) -> None:
    sessions = RoleSessions(load_identity(app.folder), garrison_module.clock)
    first = sessions.current()
    assert first.expires_at - first.made_at <= timedelta(hours=1)
    garrison_module.clock.shift(timedelta(minutes=30))
    assert sessions.current() == first
    garrison_module.clock.shift(timedelta(minutes=11))
    second = sessions.current()
    assert second.access_key_id != first.access_key_id
    assert second.secret_access_key not in repr(second)


def test_certificates_are_renewed_by_the_hosts_own_key(garrison_module: Account, hosts: Hosts, app_role: str) -> None:
    machine = hosts.enrolled("old", hosts.profile(app_role), app_role)
    before = load_identity(machine.folder)
    assert renew_if_due(before, garrison_module.clock.now()) is before
    garrison_module.clock.shift(timedelta(days=16))
    assert RoleSessions(before, garrison_module.clock).current()
    after = load_identity(machine.folder)
    assert after.certificate.serial_number != before.certificate.serial_number
    assert after.key.public_key() != before.key.public_key()
    # The one before holds until the next: an answer that got lost on its way does not lock the host out.
    assert RoleSessions(before, garrison_module.clock).current()
    garrison_module.clock.shift(timedelta(days=31))
    with pytest.raises(Refused, match="not valid now"):
        RoleSessions(after, garrison_module.clock).current()


def test_nobody_else_renews(garrison_module: Account, app: Machine) -> None:
    identity = load_identity(app.folder)
    identity.key = new_key()
    body = {
        "TrustAnchorArn": identity.place.trust_anchor_arn,
        "CertificateSigningRequest": signing_request(identity.key),
    }
    endpoint, headers = Endpoint(garrison_module.endpoint), _headers("RenewHostCertificate")
    at = garrison_module.clock.now()
    with pytest.raises(Refused, match="signature"):
        endpoint.call("/", body, headers, signer=identity, service="garrison", at=at)
    with pytest.raises(Refused, match="Authentication Token"):
        endpoint.call("/", body, headers)


def test_inviting_needs_the_right_to_pass_the_role(garrison_module: Account, hosts: Hosts, app_role: str) -> None:
    profile = hosts.profile(app_role)
    asked = {"Name": "passed", "ProfileArn": profile, "RoleArn": app_role}
    may_invite = garrison_module.user("inviter", [allow("garrison:CreateHostInvitation")])
    with pytest.raises(Exception, match="iam:PassRole"):
        may_invite.client("garrison").create_host_invitation(**asked)
    passing = allow("iam:PassRole", on=app_role, when={"StringEquals": {"iam:PassedToService": ANYWHERE}})
    may_pass = garrison_module.user("passer", [allow("garrison:CreateHostInvitation"), passing])
    assert may_pass.client("garrison").create_host_invitation(**asked)["Host"]["Status"] == "INVITED"


def test_bad_invitations_and_requests_are_refused(garrison_module: Account, hosts: Hosts, app_role: str) -> None:
    profile = hosts.profile(app_role)
    client = hosts.garrison
    for bad in (
        {"Name": "x", "ProfileArn": "arn:aws:rolesanywhere:us-east-1:1:profile/none", "RoleArn": app_role},
        {"Name": "x", "ProfileArn": profile},
        {"Name": "../x", "ProfileArn": profile, "RoleArn": app_role},
        {"Name": "x", "ProfileArn": f"arn:aws:iam::{garrison_module.account_id}:instance-profile/none"},
    ):
        with pytest.raises(client.exceptions.ClientError, match=r"ValidationException|ResourceNotFound"):
            client.create_host_invitation(**bad)
    token = hosts.invite("strange", profile, app_role)
    for csr in ("none", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"):
        with pytest.raises(Refused, match="cannot be read"):
            Endpoint(garrison_module.endpoint).call(
                "/", {"Token": token, "CertificateSigningRequest": csr}, _headers("EnrollHost")
            )
    assert hosts.machine().enroll(token).returncode == 0, "a bad request does not use the token up"


def test_credentials_do_not_travel_over_plain_http() -> None:
    with pytest.raises(OperatorError, match="plain HTTP"):
        Endpoint("http://192.0.2.1:8443")


def test_the_operator_invites_lists_and_revokes_on_the_server(garrison_module: Account, app_role: str) -> None:
    import subprocess
    import sys

    def command(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "garrison",
                "credentials",
                *arguments,
                "--json",
                "--home",
                str(garrison_module.home),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    told = command("invite", "by-hand", "--role", "app", "--minutes", "5")
    again = command("invite", "by-hand-2", "--role", "app")
    assert told["token"] != again["token"]
    listed = {host["Name"]: host for host in command("hosts")["hosts"]}  # type: ignore[attr-defined]
    assert listed["by-hand"]["Status"] == "INVITED"
    assert listed["by-hand"]["ProfileArn"] == listed["by-hand-2"]["ProfileArn"]
    command("revoke", "by-hand")
    with pytest.raises(Refused):
        enroll(garrison_module.home / "nowhere", garrison_module.endpoint, str(told["token"]))


@pytest.mark.garrison(tls=True)
def test_a_host_enrolls_over_tls_and_is_told_what_is_missing(garrison: Account, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "garrison", "credentials", *arguments]
        plain = {name: value for name, value in os.environ.items() if not name.startswith("SSL_")}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=plain)

    garrison.role("app", trust=trusting(ANYWHERE))
    home, identity, url = str(garrison.home), str(tmp_path / "host"), garrison.endpoint
    shown = run("invite", "web-1", "--role", "app", "--home", home)
    assert shown.returncode == 0, shown.stderr
    assert " --ca-bundle ca.pem --token " in shown.stdout
    token = json.loads(run("invite", "web-1", "--role", "app", "--home", home, "--json").stdout)["token"]
    enrolling = ("enroll", "--token", token, "--identity", identity)
    untrusted = run(*enrolling, "--endpoint", url)
    assert untrusted.returncode == 1
    assert "is not trusted" in untrusted.stderr
    assert "Give --ca-bundle" in untrusted.stderr
    plain = run(*enrolling, "--endpoint", url.replace("https:", "http:"))
    assert plain.returncode == 1
    assert "its URL begins with https://" in plain.stderr
    enrolled = run(*enrolling, "--endpoint", url, "--ca-bundle", str(garrison.ca_bundle))
    assert enrolled.returncode == 0, enrolled.stderr
    made = json.loads(run("process", "--identity", identity).stdout)
    credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])
    arn = garrison.make_client("sts", credentials).get_caller_identity()["Arn"]
    assert arn.split("/")[1] == "app"
    missing = run("revoke", "web-2", "--home", home)
    assert "There is no host web-2" in missing.stderr
    assert "Look at the name's spelling" in missing.stderr
