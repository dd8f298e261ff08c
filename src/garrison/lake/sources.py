"""Where log files come from: a folder, a file, or a bucket of an S3-compatible store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from garrison.errors import OperatorError
from garrison.lake.failures import Refused
from garrison.lake.logfiles import LARGEST_FILE_BYTES
from garrison.settings import Settings

SUFFIXES = (".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz", ".log", ".log.gz", ".gz")
DIGEST_MARK = "CloudTrail-Digest"
"""In the path of every digest file ("CloudTrail digest file structure")."""


class SourceUnavailable(Refused):
    """A file that is not there, or that its store does not give."""


class Found(NamedTuple):
    """A file that may be a log file."""

    location: str
    """A path, or `s3://bucket/key`."""
    size_bytes: int
    stamp: str
    """Changes when the file does: size and time of change, or size and ETag."""

    @property
    def name(self) -> str:
        """The last part of the location."""
        return self.location.rsplit("/", 1)[-1]

    @property
    def is_digest(self) -> bool:
        """Whether its path says that it is a digest."""
        return DIGEST_MARK in self.location


class Source(Protocol):
    """What lists and reads files. It travels to other processes."""

    def list(self) -> Iterator[Found]:
        """The files that are there now, in the order of their paths; raises `OperatorError`."""

    def read(self, location: str) -> bytes:
        """A file's bytes; raises `Refused` for one that is too large or gone."""

    def metadata(self, location: str) -> dict[str, str]:
        """What the store keeps beside the file, by lower-case name; raises `Refused`."""


class Folder(NamedTuple):
    """A file, or all files below a folder. Symbolic links are not followed."""

    path: str

    def list(self) -> Iterator[Found]:
        """The files."""
        path = Path(self.path)
        if path.is_file():
            yield _found(path.absolute())
            return
        if not path.is_dir():
            raise OperatorError(f"There is no {self.path}.", "Name a file, a folder, or s3://bucket/prefix.")
        for folder, names, files in os.walk(path.absolute()):
            names.sort()
            for name in sorted(files):
                file = Path(folder) / name
                if name.lower().endswith(SUFFIXES) and not file.is_symlink():
                    yield _found(file)

    def read(self, location: str) -> bytes:
        """A file's bytes."""
        try:
            with open(location, "rb") as file:
                data = file.read(LARGEST_FILE_BYTES + 1)
        except OSError as error:
            raise SourceUnavailable(f"cannot be read: {error.strerror}") from None
        return _checked(data)

    def metadata(self, location: str) -> dict[str, str]:
        """Nothing: a folder keeps none."""
        return {}


class Bucket(NamedTuple):
    """The objects of a bucket below a prefix, reached as the AWS SDKs' configuration says, or with a key from a file."""

    bucket: str
    prefix: str
    endpoint: str | None = None
    profile: str | None = None
    region: str | None = None
    credentials: str | None = None
    """Path of an AWS shared-credentials file that stands for those of the AWS SDKs' configuration."""

    def list(self) -> Iterator[Found]:
        """The objects."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            pages = self._client().get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
            for page in pages:
                for item in page.get("Contents", ()):
                    if item["Key"].lower().endswith(SUFFIXES):
                        stamp = f"{item['Size']} {item['ETag']}"
                        yield Found(f"s3://{self.bucket}/{item['Key']}", item["Size"], stamp)
        except (BotoCoreError, ClientError) as error:
            raise OperatorError(
                f"The bucket {self.bucket} cannot be listed: {error}.",
                "Check its name, the credentials (AWS_PROFILE …) and the endpoint (--endpoint-url).",
            ) from None

    def read(self, location: str) -> bytes:
        """An object's bytes."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client().get_object(Bucket=self.bucket, Key=self._key(location))
            return _checked(answer["Body"].read(LARGEST_FILE_BYTES + 1))
        except (BotoCoreError, ClientError) as error:
            raise SourceUnavailable(f"cannot be read: {error}") from None

    def metadata(self, location: str) -> dict[str, str]:
        """The object's own metadata."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer = self._client().head_object(Bucket=self.bucket, Key=self._key(location))
        except (BotoCoreError, ClientError) as error:
            raise SourceUnavailable(f"cannot be read: {error}") from None
        return {name.lower(): value for name, value in answer["Metadata"].items()}

    def _key(self, location: str) -> str:
        return location.removeprefix(f"s3://{self.bucket}/")

    def _client(self) -> Any:
        return _s3_client(self.endpoint, self.profile, self.region, self.credentials)


def source_of(
    named: str, settings: Settings | None = None, endpoint: str | None = None, profile: str | None = None
) -> Source:
    """The source that a path or an `s3://bucket/prefix` names; raises `OperatorError`.

    Buckets are those of the archive that the settings name, if they do; an endpoint or a profile names others.
    """
    if not named.startswith("s3://"):
        return Folder(named)
    bucket, _, prefix = named.removeprefix("s3://").partition("/")
    if not bucket:
        raise OperatorError(f"{named} names no bucket.", "Write s3://bucket/prefix.")
    if endpoint is None and profile is None and settings is not None and settings.archive_endpoint:
        return Bucket(
            bucket,
            prefix,
            settings.archive_endpoint,
            settings.archive_profile,
            settings.archive_region,
            settings.archive_credentials,
        )
    return Bucket(bucket, prefix, endpoint, profile)


@lru_cache(maxsize=4)
def _s3_client(endpoint: str | None, profile: str | None, region: str | None, credentials: str | None) -> Any:
    from botocore.config import Config
    from botocore.exceptions import ProfileNotFound
    from botocore.session import Session

    session = Session(profile=profile)
    if credentials is not None:
        session.set_config_variable("credentials_file", credentials)
    config = Config(
        retries={"mode": "standard", "max_attempts": 5}, s3={"addressing_style": "path"} if endpoint else {}
    )
    try:
        return session.create_client("s3", region_name=region, endpoint_url=endpoint, config=config)
    except ProfileNotFound as error:
        raise OperatorError(f"{error}", "Correct --profile, or archive_credentials and archive_profile.") from None


def _found(path: Path) -> Found:
    status = path.stat()
    return Found(str(path), status.st_size, f"{status.st_size} {status.st_mtime_ns}")


def _checked(data: bytes) -> bytes:
    if len(data) > LARGEST_FILE_BYTES:
        raise Refused(f"larger than {LARGEST_FILE_BYTES // 1024**2} MiB")
    return data
