"""Functions and permissions as CloudFormation makes them at an upstream (CloudFormation Template Reference, "AWS Lambda")."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Mapping
from typing import Any

from garrison import codec
from garrison.services.handlers import TagStyle, Work, kind

OWN_TAG = "garrison:stack-resource"
"""Says of which stack's resource a function is, so that one whose making a crash left open is found again."""
_GONE = "ResourceNotFound ResourceNotFoundException"
_LONGEST_NAME, _LONGEST_TAG, _LONGEST_STATEMENT = 64, 255, 100
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS, _WAITED_SECONDS = 0.1, 5.0, 600.0
_WRITTEN_AT = (1980, 1, 1, 0, 0, 0)
"""The time of an inline source in its archive: the same source gives the same bytes."""
_SET: dict[str, Any] = {
    "DeadLetterConfig": {},
    "Description": "",
    "Environment": {},
    "EphemeralStorage": {"Size": 512},
    "FileSystemConfigs": [],
    "Handler": None,
    "ImageConfig": {},
    "KmsKeyArn": "",
    "Layers": [],
    "LoggingConfig": None,
    "MemorySize": 128,
    "Role": None,
    "Runtime": None,
    "SnapStart": {"ApplyOn": "None"},
    "Timeout": 3,
    "TracingConfig": {"Mode": "PassThrough"},
    "VpcConfig": {},
}
"""Properties that are set, with what they are again once a template says nothing of them."""

function = kind(
    "AWS::Lambda::Function",
    "FunctionName PackageType Code Architectures ReservedConcurrentExecutions " + " ".join(_SET),
    required="Code Role",
    create_only="FunctionName PackageType",
    attributes="Arn",
    name_property="FunctionName",
    tags=TagStyle.OF_STACK,
    gone=_GONE,
    write_only="Code",
)


def _code(work: Work) -> dict[str, Any]:
    """Where the code is; a source that stands in the template becomes an archive."""
    code = dict(work.properties["Code"])
    if "ZipFile" in code:
        ending = "js" if str(work.text("Runtime")).startswith("nodejs") else "py"
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(f"index.{ending}", _WRITTEN_AT), str(code["ZipFile"]))
        code["ZipFile"] = held.getvalue()
    return code


@function.create
def create_function(work: Work) -> None:
    """The function, until it is ready."""
    name = work.name("FunctionName", _LONGEST_NAME)
    tags = {tag["Key"]: tag["Value"] for tag in work.listed("Tags")} | {OWN_TAG: work.generated_name(_LONGEST_TAG)}
    said = {"FunctionName": name, "Code": _code(work), "Tags": tags} | work.given("PackageType", "Architectures", *_SET)
    made = _earlier(work, name) if not work.calls.is_made("lambda", "CreateFunction", said) else None
    if made is None:
        made = work.call("lambda", "CreateFunction", **said)
    work.made(name, Arn=made["FunctionArn"])
    _wait(work)
    if work.properties.get("ReservedConcurrentExecutions") is not None:
        _set_concurrency(work)


def _earlier(work: Work, name: str) -> Mapping[str, Any] | None:
    """The function that this very work made before a crash; another's of the name is refused by Lambda."""
    found = work.call_if_there("lambda", "GetFunction", FunctionName=name)
    is_own = found is not None and (found.get("Tags") or {}).get(OWN_TAG) == work.generated_name(_LONGEST_TAG)
    return found["Configuration"] if found is not None and is_own else None


def _wait(work: Work) -> None:
    """Until it is ready for calls and changes."""
    pause, end = _FIRST_PAUSE_SECONDS, time.monotonic() + _WAITED_SECONDS
    while True:
        shown = work.call("lambda", "GetFunctionConfiguration", FunctionName=work.physical_id)
        if "Failed" in (shown.get("State"), shown.get("LastUpdateStatus")):
            raise work.fail(str(shown.get("StateReason") or shown.get("LastUpdateStatusReason") or "It failed."))
        if shown.get("State", "Active") != "Pending" and shown.get("LastUpdateStatus") != "InProgress":
            return
        if time.monotonic() > end:
            raise work.fail(f"{work.physical_id} was not ready within {_WAITED_SECONDS:.0f} seconds.")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)


def _set_concurrency(work: Work) -> None:
    wanted = work.properties.get("ReservedConcurrentExecutions")
    if wanted is None:
        work.call("lambda", "DeleteFunctionConcurrency", FunctionName=work.physical_id)
    else:
        said = {"FunctionName": work.physical_id, "ReservedConcurrentExecutions": wanted}
        work.call("lambda", "PutFunctionConcurrency", **said)


@function.update
def update_function(work: Work) -> None:
    """Code and settings that are others now, each until the function is ready again, and tags."""
    changed = [name for name in _SET if work.has_changed(name)]
    if changed:
        said = {name: work.properties.get(name, _SET[name]) for name in changed}
        work.call("lambda", "UpdateFunctionConfiguration", FunctionName=work.physical_id, **said)
        _wait(work)
    if work.has_changed("Code", "Architectures"):
        said = _code(work) | work.given("Architectures")
        work.call("lambda", "UpdateFunctionCode", FunctionName=work.physical_id, **said)
        _wait(work)
    if work.has_changed("ReservedConcurrentExecutions"):
        _set_concurrency(work)
    tags, keys = work.tag_changes()
    if keys:
        work.call("lambda", "UntagResource", Resource=work.attributes["Arn"], TagKeys=keys)
    if tags:
        said = {tag["Key"]: tag["Value"] for tag in tags}
        work.call("lambda", "TagResource", Resource=work.attributes["Arn"], Tags=said)


@function.delete
def delete_function(work: Work) -> None:
    """The function with its permissions."""
    work.call("lambda", "DeleteFunction", FunctionName=work.physical_id)


@function.read
def read_function(work: Work) -> Mapping[str, Any] | None:
    """It as it is, as far as its template says how it should be."""
    answer = work.call_if_there("lambda", "GetFunction", FunctionName=work.physical_id)
    if answer is None:
        return None
    shown = answer["Configuration"]
    found = {name: shown.get(name) for name in ("PackageType", "Architectures", *_SET)}
    for name in ("VpcConfig", "Environment"):
        wanted, there = work.properties.get(name), found[name]
        if isinstance(wanted, dict) and isinstance(there, dict):
            found[name] = {each: there.get(each) for each in wanted}  # it tells of the VPC and of errors, too
    layers = found.get("Layers")
    found["Layers"] = [one["Arn"] for one in layers] if layers else None
    concurrency = (answer.get("Concurrency") or {}).get("ReservedConcurrentExecutions")
    tags = [{"Key": key, "Value": value} for key, value in (answer.get("Tags") or {}).items() if key != OWN_TAG]
    return found | {"FunctionName": work.physical_id, "ReservedConcurrentExecutions": concurrency, "Tags": tags}


_OF_STATEMENT = "Action Principal SourceArn SourceAccount PrincipalOrgID EventSourceToken FunctionUrlAuthType"

permission = kind(
    "AWS::Lambda::Permission",
    f"FunctionName {_OF_STATEMENT}",
    required="FunctionName Action Principal",
    create_only=f"FunctionName {_OF_STATEMENT}",
    attributes="Id",
    gone=_GONE,
)


def _is_there(work: Work, statement: str) -> bool:
    answer = work.call_if_there("lambda", "GetPolicy", FunctionName=work.text("FunctionName"))
    statements = codec.decode(answer["Policy"]).get("Statement", []) if answer is not None else []
    return any(one.get("Sid") == statement for one in statements)


@permission.create
def create_permission(work: Work) -> None:
    """A statement in the function's policy, under a name that no other has: there is it only where this work made it."""
    name = work.generated_name(_LONGEST_STATEMENT)
    said = {"StatementId": name} | work.given("FunctionName", *_OF_STATEMENT.split())
    if work.calls.is_made("lambda", "AddPermission", said) or not _is_there(work, name):
        work.call("lambda", "AddPermission", **said)
    work.made(name, Id=name)


@permission.delete
def delete_permission(work: Work) -> None:
    """The statement is gone."""
    said = {"FunctionName": work.text("FunctionName"), "StatementId": work.physical_id}
    work.call("lambda", "RemovePermission", **said)


@permission.read
def read_permission(work: Work) -> Mapping[str, Any] | None:
    """Whether the statement is there; nobody can change one."""
    is_there = _is_there(work, work.physical_id)
    return work.given("FunctionName", *_OF_STATEMENT.split()) if is_there else None
