"""An account of which something was collected, and the clients that ask what is advised about it."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from garrison.collect import Outcome, Seen
from garrison.inventory import INVENTORY_FILE, History
from garrison.items import Item
from garrison.testing import Account
from tests.services.sns.receiving import eventually

ADDRESSES = "Z4AUBRNSmz"
"""Unassociated Elastic IP Addresses."""
HOUR = timedelta(hours=1)
REGIONS = ("us-east-1", "eu-west-1")
TYPES = ("AWS::EC2::EIP", "AWS::EC2::Instance")


class AdvisedAccount:
    """The account with its clients."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.support = account.client("support")
        self.advisor = account.client("trustedadvisor")

    def collect(self, *items: Item, unseen: str = "", account_id: str = "") -> None:
        """Have just these items collected, of this account or another; `unseen` says why addresses could not all be seen."""
        at = self.account.clock.now()
        account_id = account_id or self.account.account_id
        outcomes = [
            Outcome(
                account=account_id,
                region=region,
                covers=(region,),
                resource_type=kind,
                seen=Seen.UNKNOWN if unseen and kind == TYPES[0] else Seen.ALL,
                items=0,
                reason=unseen if kind == TYPES[0] else "",
            )
            for kind in TYPES
            for region in REGIONS
        ]
        with closing(History(self.account.home / INVENTORY_FILE, sync=False)) as history:
            history.record([replace(item, captured_at=at, account=account_id) for item in items], outcomes, at=at)

    def address(self, name: str, *, in_use: bool = False, region: str = "us-east-1") -> Item:
        """An elastic IP address."""
        known = {"publicIp": f"192.0.2.{len(name)}"} | ({"networkInterfaceId": "eni-1"} if in_use else {})
        return Item(
            account=self.account.account_id,
            region=region,
            resource_type=TYPES[0],
            resource_id=name,
            arn=f"arn:aws:ec2:{region}:{self.account.account_id}:elastic-ip/{name}",
            configuration=known,
            captured_at=self.account.clock.now(),
        )

    def refresh(self, check_id: str = ADDRESSES) -> dict[str, Any]:
        """Refresh a check, wait for it, and give its result."""
        self.account.clock.shift(2 * HOUR)
        asked = self.support.refresh_trusted_advisor_check(checkId=check_id)["status"]
        assert asked["status"] == "enqueued", asked
        eventually(lambda: self.status(check_id)["status"] == "success", 30)
        return self.result(check_id)

    def status(self, check_id: str = ADDRESSES) -> dict[str, Any]:
        """How far a refresh is."""
        (told,) = self.support.describe_trusted_advisor_check_refresh_statuses(checkIds=[check_id])["statuses"]
        return dict(told)

    def result(self, check_id: str = ADDRESSES) -> dict[str, Any]:
        """What a check said last."""
        return dict(self.support.describe_trusted_advisor_check_result(checkId=check_id)["result"])

    def recommendation(self, kind: str = "standard", check_id: str = ADDRESSES) -> dict[str, Any]:
        """What Trusted Advisor says of a check."""
        arn = f"arn:aws:trustedadvisor:::check/{check_id}"
        (told,) = self.advisor.list_recommendations(checkIdentifier=arn, type=kind)["recommendationSummaries"]
        return dict(told)

    def resources(self, **narrowed: Any) -> dict[str, dict[str, Any]]:
        """The resources of the recommendation about addresses, by id."""
        pages = self.advisor.get_paginator("list_recommendation_resources").paginate(
            recommendationIdentifier=self.recommendation()["arn"], **narrowed
        )
        return {one["awsResourceId"]: one for page in pages for one in page["recommendationResourceSummaries"]}
