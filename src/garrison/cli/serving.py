"""Run the credential server of a host: say by which variables SDKs find it, and serve until told to stop."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from pathlib import Path

from garrison.cli.output import emit
from garrison.clock import SystemClock
from garrison.credentials import RoleSessions, load_identity
from garrison.credentials.container import CONTAINER_PATH, ContainerEndpoint
from garrison.credentials.metadata import MetadataService
from garrison.credentials.server import CredentialServer
from garrison.errors import OperatorError

TOKEN_FILE = "authorization-token"  # noqa: S105 - a file's name


def serve_credentials(
    folder: Path, address: str, port: int, hop_limit: int, seconds: int | None, as_json: bool
) -> None:
    """Serve on one address; the token of the container endpoint is in a file that only the folder's owner reads."""
    clock = SystemClock()
    sessions = RoleSessions(load_identity(folder), clock, seconds=seconds)
    token = secrets.token_urlsafe(32)
    metadata, container = MetadataService(sessions, clock), ContainerEndpoint(sessions, token)
    try:
        server = CredentialServer(address, port, metadata, container, hop_limit=hop_limit)
    except OSError as problem:
        raise OperatorError(f"{address}:{port} cannot be served on: {problem}.", "Give another --port.") from None
    token_file = _write_token(folder, token)
    variables = _variables(address, server.server_address[1], token_file)
    signal.signal(signal.SIGTERM, _stop)
    _say(sessions, variables, as_json)
    try:
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
        token_file.unlink(missing_ok=True)


def _variables(address: str, port: int, token_file: Path) -> dict[str, str]:
    host = f"[{address}]" if ":" in address else address
    return {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": f"http://{host}:{port}/",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://{host}:{port}{CONTAINER_PATH}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(token_file),
    }


def _say(sessions: RoleSessions, variables: dict[str, str], as_json: bool) -> None:
    place = sessions.identity.place
    try:
        role: str | None = sessions.current().role_arn
    except OperatorError as problem:
        # A server that is away comes back, a role that may not be assumed may be: programs ask again.
        role = None
        sys.stderr.write(f"garrison: no credentials yet: {problem.cause}\n")
    metadata, *container = [f"  export {name}={value}" for name, value in variables.items()]
    text = (
        f"{place.name} serves {role or 'no role yet'}.\n\nAs an EC2 instance does:\n\n{metadata}\n\n"
        "Or as a container's host does:\n\n" + "\n".join(container) + "\n"
    )
    emit({"name": place.name, "role_arn": role, "endpoint": place.endpoint, "variables": variables}, as_json, text)


def _write_token(folder: Path, token: str) -> Path:
    path = folder / TOKEN_FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token)
    return path


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt
