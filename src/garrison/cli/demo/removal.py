"""`garrison demo --remove`: take away what the demo made, the last first, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from garrison.cli.demo.calls import Caller
from garrison.cli.demo.made import Made, Thing
from garrison.errors import ApiError

_GONE = ("NotFound", "NoSuch", "DoesNotExist", "ResourceNotFoundException", "NonExistent", "NonexistentItem")
_GONE_BY_MESSAGE = ("does not exist", "is pending deletion")
_IN_ONE_CALL = 1000
"""How many objects S3 deletes at once."""
_STACK_SECONDS = 120.0
_POLL_SECONDS = 0.3


class Removal:
    """Takes things away in one account."""

    def __init__(self, caller: Caller, home: Path, told: Callable[[Thing, str], None]) -> None:
        self._caller = caller
        self._home = home
        self._told = told
        """Is told of each thing, and why it could not be taken away; empty where it is gone."""
        self._own: Mapping[str, Callable[..., None]] = {
            "EmptyBucket": self._empty,
            "DeleteStack": self._delete_stack,
            "DeleteWaf": self._delete_waf,
            "RemoveFile": self._remove_file,
        }

    def remove(self, made: Made) -> list[tuple[Thing, str]]:
        """Take everything away that can be; gives what could not be, and why. What nothing takes away stays in `made`."""
        failed: list[tuple[Thing, str]] = []
        things = list(made)
        for thing in reversed(things):
            if not thing.undo:
                continue
            reason = self._undo(thing)
            self._told(thing, reason)
            if reason:
                failed.append((thing, reason))
        left = [thing for thing, _ in failed]
        made.keep([thing for thing in things if not thing.undo or thing in left])
        return failed

    def _undo(self, thing: Thing) -> str:
        for service, operation, parameters in thing.undo:
            try:
                if service == "demo":
                    self._own[operation](**parameters)
                else:
                    self._caller.call(service, operation, **parameters)
            except ApiError as error:
                if not _is_gone(error):
                    return f"{operation}: {error.code}: {error.message}"
        return ""

    def _empty(self, Bucket: str) -> None:
        versions = self._caller.call("s3", "ListObjectVersions", Bucket=Bucket, MaxKeys=_IN_ONE_CALL)
        while found := [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in [*versions.get("Versions", ()), *versions.get("DeleteMarkers", ())]
        ]:
            self._caller.call("s3", "DeleteObjects", Bucket=Bucket, Delete={"Objects": found, "Quiet": True})
            versions = self._caller.call("s3", "ListObjectVersions", Bucket=Bucket, MaxKeys=_IN_ONE_CALL)

    def _delete_stack(self, StackName: str) -> None:
        stack = self._caller.call("cloudformation", "DescribeStacks", StackName=StackName)["Stacks"][0]
        self._caller.call("cloudformation", "DeleteStack", StackName=stack["StackId"])
        end = time.monotonic() + _STACK_SECONDS
        while time.monotonic() < end:
            status = self._caller.call("cloudformation", "DescribeStacks", StackName=stack["StackId"])["Stacks"][0]
            if status["StackStatus"] == "DELETE_COMPLETE":
                return
            if status["StackStatus"].endswith("_FAILED"):
                raise ApiError("StackNotDeleted", status.get("StackStatusReason", status["StackStatus"]))
            time.sleep(_POLL_SECONDS)
        raise ApiError("StackNotDeleted", "It is still being deleted.")

    def _delete_waf(self, what: str, name: str, id: str) -> None:
        """A web ACL or IP set, as it is by now: whoever deletes must know its latest state."""
        named = {"Name": name, "Scope": "REGIONAL", "Id": id}
        token = self._caller.call("wafv2", f"Get{what}", **named)["LockToken"]
        self._caller.call("wafv2", f"Delete{what}", LockToken=token, **named)

    def _remove_file(self, name: str) -> None:
        """A file that the demo put into the home."""
        (self._home / name).unlink(missing_ok=True)


def _is_gone(error: ApiError) -> bool:
    """Whether a thing cannot be taken away because it is away, or about to go."""
    told = any(text in error.message for text in _GONE_BY_MESSAGE)
    return told or any(word in error.code for word in _GONE)
