"""How SDKs read credentials: the documents of the metadata service, of the container endpoint and of `credential_process`."""

from __future__ import annotations

import json
from datetime import datetime

from garrison.credentials.sessions import RoleCredentials


def instance_document(credentials: RoleCredentials) -> str:
    """What `iam/security-credentials/ROLE` gives (EC2 User Guide, "Retrieve security credentials from instance metadata")."""
    return _text(
        {
            "Code": "Success",
            "LastUpdated": _time(credentials.made_at),
            "Type": "AWS-HMAC",
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "Token": credentials.session_token,
            "Expiration": _time(credentials.expires_at),
        }
    )


def container_document(credentials: RoleCredentials) -> str:
    """What the container endpoint gives (AWS SDKs Reference Guide, "Container credential provider")."""
    return _text(
        {
            "RoleArn": credentials.role_arn,
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "Token": credentials.session_token,
            "Expiration": _time(credentials.expires_at),
        }
    )


def process_document(credentials: RoleCredentials) -> str:
    """What a `credential_process` prints (AWS SDKs Reference Guide, "Process credential provider")."""
    return _text(
        {
            "Version": 1,
            "AccessKeyId": credentials.access_key_id,
            "SecretAccessKey": credentials.secret_access_key,
            "SessionToken": credentials.session_token,
            "Expiration": _time(credentials.expires_at),
        }
    )


def refusal_document(code: str, message: str, at: datetime) -> str:
    """What stands in the place of credentials where the role cannot be assumed."""
    return _text({"Code": code, "Message": message, "LastUpdated": _time(at)})


def _text(members: dict[str, object]) -> str:
    return json.dumps(members, indent=2)


def _time(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
