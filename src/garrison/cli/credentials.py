"""`garrison credentials`: invite hosts, and on the hosts enroll and hand a role's credentials to their software."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from garrison.cli.options import HomeOption, JsonOption
from garrison.cli.output import emit, table
from garrison.errors import OperatorError

if TYPE_CHECKING:
    from garrison.gateway.local import LocalCaller
    from garrison.runtime.home import Home

application = typer.Typer(help="Roles for hosts and applications.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="The host's name.")]
FolderOption = Annotated[
    Path | None, typer.Option("--identity", help="The host's own folder; else $GARRISON_HOST, else ~/.garrison-host.")
]
SecondsOption = Annotated[
    int | None, typer.Option("--duration", min=900, max=43200, help="Seconds of a session; else the profile's.")
]


@application.command("invite")
def invite(
    name: NameArgument,
    role: Annotated[str | None, typer.Option("--role", help="The role's name: it must trust rolesanywhere.")] = None,
    instance_profile: Annotated[
        str | None, typer.Option("--instance-profile", help="Or an instance profile: its role must trust ec2.")
    ] = None,
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=10080, help="How long the token is good.")] = 60,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token that is good once, with which a host enrolls. Run this where the server is."""
    if (role is None) == (instance_profile is None):
        raise OperatorError("A host has a role or an instance profile.", "Give --role or --instance-profile.")
    from garrison.cli.rooted import root_of  # on the server alone: the commands of hosts start quickly

    with root_of(home) as (place, root):
        asked: dict[str, Any] = {"Name": name, "ExpiresInSeconds": minutes * 60}
        if role is not None:
            asked["RoleArn"] = root.call("iam", "GetRole", RoleName=role)["Role"]["Arn"]
            asked["ProfileArn"] = _profile_for(root, role, asked["RoleArn"])
        else:
            shown = root.call("iam", "GetInstanceProfile", InstanceProfileName=instance_profile)
            asked["ProfileArn"] = shown["InstanceProfile"]["Arn"]
        made = root.call("garrison", "CreateHostInvitation", **asked)
    answer = {"name": name, "token": made["Token"], "expires_at": made["ExpiresAt"].isoformat()}
    emit(answer, as_json, "\n".join(_invitation(name, made["Token"], made["ExpiresAt"], _reached_at(place))))


@application.command("hosts")
def hosts(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the hosts that were invited or have enrolled."""
    from garrison.cli.rooted import root_of

    with root_of(home) as (_, root):
        found = _pages(root, "garrison", "ListHosts", "Hosts", "NextToken")
    if as_json:
        emit({"hosts": found}, True)
        return
    rows = [
        [one["Name"], one["Status"], one.get("RoleArn") or one["ProfileArn"], str(one.get("CertificateExpiresAt", "-"))]
        for one in found
    ]
    table("Hosts", ["Host", "Status", "Role", "Certificate until"], rows)


@application.command("revoke")
def revoke(name: NameArgument, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Believe a host no longer. Sessions that it has run on until they expire."""
    from garrison.cli.rooted import root_of

    with root_of(home) as (_, root):
        root.call("garrison", "RevokeHost", Name=name)
    emit({"revoked": name}, as_json, f"{name} gets no more credentials.")


@application.command("enroll")
def enroll(
    endpoint: Annotated[str, typer.Option("--endpoint", help="The server's URL.")],
    token: Annotated[str | None, typer.Option("--token", help="The invitation; else read from standard input.")] = None,
    ca_bundle: Annotated[
        Path | None, typer.Option("--ca-bundle", help="PEM: what the server's certificate leads to.")
    ] = None,
    identity: FolderOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make this host's own key and have it certified for its invitation. Run this on the host."""
    from garrison.credentials import default_folder
    from garrison.credentials import enroll as enroll_host

    folder = (identity or default_folder()).absolute()
    bundle = str(ca_bundle.absolute()) if ca_bundle is not None else None
    made = enroll_host(folder, endpoint, (token or sys.stdin.readline()).strip(), bundle)
    shown = {"name": made.place.name, "identity": str(folder), "certificate_expires_at": made.expires_at.isoformat()}
    emit(shown, as_json, f"{made.place.name} is enrolled. Its key is in {folder}, readable by you only.")


@application.command("process")
def process(
    identity: FolderOption = None, duration: SecondsOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Print credentials of the host's role, for `credential_process` in an AWS config file."""
    from garrison.clock import SystemClock
    from garrison.credentials import RoleSessions, default_folder, load_identity
    from garrison.credentials.documents import process_document

    sessions = RoleSessions(load_identity(identity or default_folder()), SystemClock(), seconds=duration)
    sys.stdout.write(process_document(sessions.current()) + "\n")


@application.command("serve")
def serve(
    identity: FolderOption = None,
    bind: Annotated[str, typer.Option("--bind", help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 9911,
    hop_limit: Annotated[
        int, typer.Option("--hop-limit", min=1, max=64, help="How far a metadata token's answer may travel.")
    ] = 1,
    duration: SecondsOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Serve the host's role to its software: the instance metadata service (version 2) and the container endpoint."""
    from garrison.cli.serving import serve_credentials
    from garrison.credentials import default_folder

    serve_credentials((identity or default_folder()).absolute(), bind, port, hop_limit, duration, as_json)


def _reached_at(home: Home) -> str | None:
    """The URL that the home's server tells, where one runs."""
    from garrison.runtime.running import running_server

    running = running_server(home)
    return running["endpoint"] if running else None


def _invitation(name: str, token: str, expires_at: datetime, endpoint: str | None) -> Iterator[str]:
    """What to run on the host, and what to put in its place there."""
    bundle = " --ca-bundle ca.pem" if endpoint is None or endpoint.startswith("https:") else ""
    yield f"Run this on {name} before {expires_at:%Y-%m-%d %H:%M} UTC:"
    yield f"\n  garrison credentials enroll --endpoint {endpoint or 'URL'}{bundle} --token {shlex.quote(token)}\n"
    yield "The endpoint is this server's URL as the host reaches it."
    if bundle:
        yield "ca.pem is a copy of `ca_bundle` in the home's `config`; leave it out where a public authority signed the certificate."


def _profile_for(root: LocalCaller, role: str, role_arn: str) -> str:
    """The enabled profile that `invite` makes for a role, or made before."""
    name = f"garrison-hosts-{role}"[:255].replace(".", "-").replace("@", "-").replace("+", "-").replace("=", "-")
    name = name.replace(",", "-")
    for profile in _pages(root, "rolesanywhere", "ListProfiles", "profiles", "nextToken"):
        if profile["name"] == name and profile["roleArns"] == [role_arn]:
            return str(profile["profileArn"])
    made = root.call("rolesanywhere", "CreateProfile", name=name, roleArns=[role_arn], enabled=True)
    return str(made["profile"]["profileArn"])


def _pages(root: LocalCaller, service: str, operation: str, member: str, token: str) -> list[dict[str, Any]]:
    answer = root.call(service, operation)
    found = list(answer[member])
    while token in answer:
        answer = root.call(service, operation, **{token: answer[token]})
        found += answer[member]
    return found
