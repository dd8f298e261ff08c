"""What EC2 makes, finds and deletes alike: by an id that the upstream gives, so that a tag has to say what a stack's resource is.

Whether a call that made something came through is not known after a crash. The tag tells: it names the stack's resource, and what
carries it is found again and not made twice. Tags of CloudFormation's own (`aws:…`) would be refused by an upstream.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from garrison.errors import ApiError
from garrison.services.handlers import Work

OWN_TAG = "garrison:stack-resource"
_LONGEST_TAG = 255
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 5.0
_WAITED_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Noun:
    """A type of EC2's, by the words of its operations."""

    type: str
    """As tags name it: `vpc`."""
    made_by: str
    answered_in: str
    """The member of the answer that has what was made; empty where the answer itself has."""
    described_by: str
    listed_in: str
    id: str
    """The member that has the id."""
    asked_by: str
    """The parameter that asks for one of its id: `VpcIds`."""
    deleted_by: str = ""

    def make(self, work: Work, **parameters: Any) -> Mapping[str, Any]:
        """Make one, tagged with the stack's tags and its own; gives it as the upstream describes it, at least its id."""
        own = {"Key": OWN_TAG, "Value": own_name(work)}
        tags = [{"ResourceType": self.type, "Tags": [*work.listed("Tags"), own]}]
        given = {name: value for name, value in parameters.items() if value is not None} | {"TagSpecifications": tags}
        if not work.calls.is_made("ec2", self.made_by, given):
            earlier = self._earlier(work)
            if earlier is not None:
                return earlier
        try:
            answer = work.call("ec2", self.made_by, **given)
        except ApiError as error:
            found = self._earlier(work) if error.code == "UpstreamUnavailable" else None
            if found is None:
                raise
            return found
        made = answer[self.answered_in] if self.answered_in else answer
        one: Mapping[str, Any] = made[0] if isinstance(made, list) else made
        return one

    def _earlier(self, work: Work) -> Mapping[str, Any] | None:
        return self.first(work, Filters=[{"Name": f"tag:{OWN_TAG}", "Values": [own_name(work)]}])

    def first(self, work: Work, **asked: Any) -> Mapping[str, Any] | None:
        """The first that a description finds."""
        found = work.call_if_there("ec2", self.described_by, **asked)
        listed = (found or {}).get(self.listed_in) or []
        return listed[0] if listed else None

    def shown(self, work: Work, identifier: str | None = None) -> Mapping[str, Any] | None:
        """It as it is now; None where it is gone."""
        return self.first(work, **{self.asked_by: [identifier or work.physical_id]})

    def delete(self, work: Work, identifier: str | None = None) -> None:
        """Delete it."""
        work.call("ec2", self.deleted_by, **{self.id: identifier or work.physical_id})


def own_name(work: Work) -> str:
    """What the tag says: a name of stack and resource that no other has."""
    return work.generated_name(_LONGEST_TAG)


def update_tags(work: Work, identifier: str | None = None) -> None:
    """Set the tags that are others now, and take away those that are no more."""
    changed, keys = work.tag_changes()
    resources = [identifier or work.physical_id]
    if keys:
        work.call("ec2", "DeleteTags", Resources=resources, Tags=[{"Key": key} for key in keys])
    if changed:
        work.call("ec2", "CreateTags", Resources=resources, Tags=changed)


def tags_of(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tags of what is described, without the one that is Garrison's."""
    return [tag for tag in shown.get("Tags") or () if tag["Key"] != OWN_TAG]


def wait_until(work: Work, is_so: Callable[[], bool], what: str) -> None:
    """Ask until the upstream is where it was told to go; raises `Failed` where that takes too long."""
    pause, end = _FIRST_PAUSE_SECONDS, time.monotonic() + _WAITED_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise work.fail(f"{what} did not come within {_WAITED_SECONDS:.0f} seconds.")
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
