"""The stack of the secured account: what a change set would do to it, done, and waited for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

from garrison.errors import ApiError, OperatorError
from garrison.gateway.local import LocalCaller
from garrison.identifiers import request_id

_POLL_SECONDS = 0.2
_NOTHING = "didn't contain changes"
_REVIEW, _EMPTY = "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"
_WELL = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"})
_ONE_EACH = {
    "RecordConfiguration": ("config", "DescribeConfigurationRecorders", {}, "ConfigurationRecorders"),
    "AnalyzeAccess": ("accessanalyzer", "ListAnalyzers", {"type": "ACCOUNT"}, "analyzers"),
}
"""What an account can have one of only, by the parameter that leaves it out; and the call that tells whether there is one."""


class SecuredStack:
    """One stack, brought to what a template says by change sets, as root."""

    def __init__(self, root: LocalCaller, name: str) -> None:
        self._root = root
        self.name = name
        self.stack_id = name
        """Its ARN once it is known: a stack that is gone is found by nothing else."""

    def shown(self) -> dict[str, Any] | None:
        """The stack as DescribeStacks shows it; None where there is none."""
        try:
            found: dict[str, Any] = self._call("DescribeStacks", StackName=self.stack_id)["Stacks"][0]
        except ApiError as error:
            if error.code == "ValidationError" and "does not exist" in error.message:
                return None
            raise
        return found

    def left_out(self) -> dict[str, str]:
        """The parameters by which a new stack leaves out what the account has already, and can have one of only."""
        found = {}
        for parameter, (service, operation, request, member) in _ONE_EACH.items():
            if self._root.call(service, operation, **request)[member]:
                found[parameter] = "false"
        return found

    def changes(self, template: str, given: Mapping[str, str], names: set[str], seconds: float) -> ChangeSet | None:
        """A change set that makes the stack what the template says; None where it is that already.

        `names` are the template's parameters: those that are not given stay as they are. A creation that was rolled back left
        nothing but its name, which is freed first. Raises `OperatorError` where something is being done with the stack.
        """
        kept = self._freed(seconds)
        is_new = kept is None or kept["StackStatus"] == _REVIEW
        again: set[str] = set()
        if kept is not None and not is_new:
            _check_at_rest(kept)
            again = ({each["ParameterKey"] for each in kept.get("Parameters") or ()} & names) - given.keys()
        parameters: list[dict[str, Any]] = [
            {"ParameterKey": key, "ParameterValue": each} for key, each in given.items()
        ]
        parameters += [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted(again)]
        made = self._call(
            "CreateChangeSet",
            StackName=self.name,
            ChangeSetName=f"init-{request_id()}",
            ChangeSetType="CREATE" if is_new else "UPDATE",
            TemplateBody=template,
            Parameters=parameters,
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        self.stack_id = made["StackId"]
        found = ChangeSet(self._root, made["Id"], self.stack_id, is_new=is_new)
        return found if found.is_of_use() else None

    def _freed(self, seconds: float) -> dict[str, Any] | None:
        """The stack, where it is more than the name of a creation that was rolled back."""
        kept = self.shown()
        if kept is None or kept["StackStatus"] != _EMPTY:
            return kept
        self._call("DeleteStack", StackName=self.name)
        self.stack_id = kept["StackId"]
        self.wait(seconds)
        self.stack_id = self.name
        return None

    def wait(self, seconds: float) -> dict[str, Any]:
        """The stack once nothing is done with it any more; raises `OperatorError` where it failed or takes longer."""
        end = time.monotonic() + seconds
        while True:
            found = self.shown()
            if found is None:
                return {"StackStatus": "DELETE_COMPLETE"}
            status = found["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                break
            if time.monotonic() > end:
                raise OperatorError(
                    f"The stack {self.name} is still at {status} after {seconds:g} seconds; it goes on.",
                    "Run `garrison init` again to see how it stands, or give --wait more seconds.",
                )
            time.sleep(_POLL_SECONDS)
        if status not in _WELL:
            raise OperatorError(
                f"The stack {self.name} ended at {status}: {'; '.join(self._reasons()) or 'no reason was given'}",
                "Put right what the reasons name, then run `garrison init` again.",
            )
        return found

    def _reasons(self) -> list[str]:
        """Why resources failed in the last operation, the first first."""
        reasons: list[str] = []
        for event in self._call("DescribeStackEvents", StackName=self.stack_id)["StackEvents"]:
            if event["LogicalResourceId"] == self.name and "User Initiated" in event.get("ResourceStatusReason", ""):
                break
            if event["ResourceStatus"].endswith("_FAILED") and "cancelled" not in event.get("ResourceStatusReason", ""):
                reasons.insert(0, f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}")
        return reasons

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        return self._root.call("cloudformation", operation, **parameters)


class ChangeSet:
    """What is going to be done to the stack."""

    def __init__(self, root: LocalCaller, arn: str, stack_id: str, *, is_new: bool) -> None:
        self._root = root
        self._arn = arn
        self._stack_id = stack_id
        self.is_new = is_new
        """Whether it makes the stack."""
        pages = list(self._pages())
        self._first = pages[0]
        self.changes = [each["ResourceChange"] for page in pages for each in page["Changes"]]

    def is_of_use(self) -> bool:
        """Whether there is anything to be done; raises `OperatorError` where it cannot be done."""
        if self._first["Status"] != "FAILED":
            return True
        self.drop()
        reason = self._first.get("StatusReason") or ""
        if _NOTHING in reason:
            return False
        raise OperatorError(f"The change set failed: {reason}", "Put right what it names and try again.")

    def execute(self) -> None:
        """Begin it."""
        self._root.call("cloudformation", "ExecuteChangeSet", ChangeSetName=self._arn)

    def drop(self) -> None:
        """Forget it, and the stack that waits for nothing else."""
        self._root.call("cloudformation", "DeleteChangeSet", ChangeSetName=self._arn)
        if self.is_new:
            self._root.call("cloudformation", "DeleteStack", StackName=self._stack_id)

    def _pages(self) -> Iterator[dict[str, Any]]:
        more: dict[str, Any] = {}
        while True:
            page = self._root.call(
                "cloudformation", "DescribeChangeSet", ChangeSetName=self._arn, IncludePropertyValues=True, **more
            )
            yield page
            if not page.get("NextToken"):
                return
            more = {"NextToken": page["NextToken"]}


def _check_at_rest(kept: Mapping[str, Any]) -> None:
    status = kept["StackStatus"]
    if status.endswith("_IN_PROGRESS"):
        raise OperatorError(
            f"The stack {kept['StackName']} is being worked on: it is at {status}.",
            "Wait until that is done, then run `garrison init` again.",
        )
    if status in ("ROLLBACK_FAILED", "DELETE_FAILED"):
        raise OperatorError(
            f"The stack {kept['StackName']} is at {status}: it can only be deleted.",
            f"aws --profile garrison cloudformation delete-stack --stack-name {kept['StackName']}",
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise OperatorError(
            f"The stack {kept['StackName']} is at {status}.",
            f"aws --profile garrison cloudformation continue-update-rollback --stack-name {kept['StackName']}",
        )
