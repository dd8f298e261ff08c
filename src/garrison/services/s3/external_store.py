"""Another S3-compatible store as an `ObjectStore`: only the one that the operator's settings name, with its own credentials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from configparser import ConfigParser, Error
from functools import lru_cache
from pathlib import Path
from typing import Any

from garrison.errors import ApiError, OperatorError
from garrison.services.s3.object_store import ObjectHead, UnderKey
from garrison.services.s3.own_store import entry_in, head_in
from garrison.settings import Settings

_CONNECT_SECONDS, _READ_SECONDS = 5, 30
_PIECE_BYTES = 256 * 1024


def external_store(settings: Settings) -> ExternalStore:
    """The store that the settings name; raises `OperatorError` where its credentials cannot be read."""
    key = _read_key(
        Path(settings.archive_credentials), settings.archive_profile
    )  # each time: it may have been replaced
    return _opened(settings.archive_endpoint, settings.archive_region, *key)


@lru_cache(maxsize=2)
def _opened(endpoint: str, region: str, key_id: str, secret: str, token: str | None) -> ExternalStore:
    return ExternalStore(endpoint, region, key_id, secret, token)


def _read_key(path: Path, profile: str) -> tuple[str, str, str | None]:
    """Key id, secret and session token of a profile in an AWS shared-credentials file."""
    file = ConfigParser(interpolation=None)
    try:
        file.read_string(path.read_text())
        section = file[profile]
        return section["aws_access_key_id"], section["aws_secret_access_key"], section.get("aws_session_token")
    except (OSError, Error, KeyError, UnicodeDecodeError):
        raise OperatorError(
            f"The file {path} gives no access key of the profile {profile} for the archive's store.",
            "Correct archive_credentials and archive_profile; see docs/settings.md.",
        ) from None


class ExternalStore:
    """A store behind an S3 endpoint; safe to share among threads."""

    def __init__(self, endpoint: str, region: str, key_id: str, secret: str, token: str | None) -> None:
        import botocore.session
        from botocore.config import Config

        session = botocore.session.Session(profile=None)
        self._client: Any = session.create_client(
            "s3",
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(
                connect_timeout=_CONNECT_SECONDS,
                read_timeout=_READ_SECONDS,
                retries={"total_max_attempts": 2, "mode": "standard"},
                s3={"addressing_style": "path"},
                proxies={},
            ),
        )

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        given = {name: value for name, value in parameters.items() if value is not None}
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**given)
        except ClientError as error:
            said, status = error.response["Error"], error.response["ResponseMetadata"].get("HTTPStatusCode")
            code = "NoSuchKey" if said.get("Code") == "404" else said.get("Code", "InternalError")
            raise ApiError(code, said.get("Message", ""), status=status) from None
        except BotoCoreError as error:
            raise ApiError(
                "ServiceUnavailable", f"The archive's store cannot be reached: {error}", status=503
            ) from None
        return answer

    def put(
        self,
        bucket: str,
        key: str,
        body: bytes,
        *,
        content_type: str = "application/octet-stream",
        content_encoding: str | None = None,
        metadata: Mapping[str, str] | None = None,
        acl: str | None = None,
        under: UnderKey | None = None,
    ) -> str:
        """Keep an object and give its entity tag."""
        answer = self._call(
            "put_object",
            Bucket=bucket,
            Key=key,
            Body=body,
            ContentType=content_type,
            ContentEncoding=content_encoding,
            Metadata=dict(metadata or {}),
            ACL=acl,
            **(under.members() if under is not None else {}),
        )
        return str(answer["ETag"]).strip('"')

    def get(self, bucket: str, key: str) -> tuple[ObjectHead, Iterator[bytes]]:
        """An object with its bytes."""
        answer = self._call("get_object", Bucket=bucket, Key=key)
        return head_in(key, answer), _pieces(answer["Body"])

    def head(self, bucket: str, key: str) -> ObjectHead | None:
        """What is kept of an object, or None."""
        try:
            return head_in(key, self._call("head_object", Bucket=bucket, Key=key))
        except ApiError as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def list(self, bucket: str, prefix: str = "", start_after: str = "") -> Iterator[ObjectHead]:
        """The objects whose keys begin with a prefix."""
        more: dict[str, Any] = {"StartAfter": start_after} if start_after else {}
        while True:
            page = self._call("list_objects_v2", Bucket=bucket, Prefix=prefix, **more)
            yield from (entry_in(entry) for entry in page.get("Contents", ()))
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def delete(self, bucket: str, key: str) -> None:
        """Delete an object."""
        self._call("delete_object", Bucket=bucket, Key=key)


def _pieces(body: Any) -> Iterator[bytes]:
    from botocore.exceptions import BotoCoreError

    try:
        yield from body.iter_chunks(_PIECE_BYTES)
    except BotoCoreError as error:
        raise ApiError("ServiceUnavailable", f"The archive's store broke off: {error}", status=503) from None
