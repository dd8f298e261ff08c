"""What users, groups and roles have alike: policies in them, policies attached, a boundary, tags."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from garrison import codec
from garrison.services.handlers import Work, document

GONE = "NoSuchEntity"


class Holder:
    """The names that an API has for a kind of principal: `Role` in `PutRolePolicy`, `RoleName`."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.member = f"{word}Name"

    def call(self, work: Work, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call about the principal: `{}` in the operation's name stands for its kind."""
        named = {self.member: work.physical_id}
        return work.call("iam", operation.format(self.word), **named, **parameters)

    def call_if_there(self, work: Work, operation: str, **parameters: Any) -> dict[str, Any] | None:
        """The same where what it is about may be gone."""
        named = {self.member: work.physical_id}
        return work.call_if_there("iam", operation.format(self.word), **named, **parameters)

    def put_policies(self, work: Work) -> None:
        """Put and attach the policies of a new principal."""
        for each in work.listed("Policies"):
            self._put(work, each)
        for arn in work.listed("ManagedPolicyArns"):
            self.call(work, "Attach{}Policy", PolicyArn=arn)

    def change_policies(self, work: Work) -> None:
        """Put and attach what is new, take away what is not there any more."""
        added, removed = work.changes("ManagedPolicyArns")
        for arn in added:
            self.call(work, "Attach{}Policy", PolicyArn=arn)
        for arn in removed:
            self.call_if_there(work, "Detach{}Policy", PolicyArn=arn)
        changed, old = work.changes("Policies")
        names = {each["PolicyName"] for each in work.listed("Policies")}
        for each in changed:
            self._put(work, each)
        for each in old:
            if each["PolicyName"] not in names:
                self.call_if_there(work, "Delete{}Policy", PolicyName=each["PolicyName"])

    def _put(self, work: Work, each: Mapping[str, Any]) -> None:
        text = document(each.get("PolicyDocument"))
        self.call(work, "Put{}Policy", PolicyName=each.get("PolicyName"), PolicyDocument=text)

    def remove_policies(self, work: Work) -> None:
        """Take all policies away that the stack has given it; others hold up its deletion, as in AWS."""
        for arn in work.listed("ManagedPolicyArns"):
            self.call_if_there(work, "Detach{}Policy", PolicyArn=arn)
        for each in work.listed("Policies"):
            self.call_if_there(work, "Delete{}Policy", PolicyName=each["PolicyName"])

    def change_boundary(self, work: Work) -> None:
        """Set or take away the permissions boundary."""
        if not work.has_changed("PermissionsBoundary"):
            return
        boundary = work.text("PermissionsBoundary")
        if boundary is None:
            self.call(work, "Delete{}PermissionsBoundary")
        else:
            self.call(work, "Put{}PermissionsBoundary", PermissionsBoundary=boundary)

    def change_tags(self, work: Work) -> None:
        """Set and take away tags."""
        tags, keys = work.tag_changes()
        if keys:
            self.call(work, "Untag{}", TagKeys=keys)
        if tags:
            self.call(work, "Tag{}", Tags=tags)

    def shown_policies(self, work: Work) -> dict[str, Any]:
        """The policies that it has."""
        attached = self.call(work, "ListAttached{}Policies")["AttachedPolicies"]
        names = self.call(work, "List{}Policies")["PolicyNames"]
        inline = [
            {
                "PolicyName": name,
                "PolicyDocument": read_document(self.call(work, "Get{}Policy", PolicyName=name)["PolicyDocument"]),
            }
            for name in names
        ]
        return {"ManagedPolicyArns": [one["PolicyArn"] for one in attached], "Policies": inline}


def read_document(found: Any) -> Any:
    """A policy document as IAM gives it, as a value."""
    return codec.decode(unquote(found)) if isinstance(found, str) else found
