"""EC2 instances on operating systems that get no more security patches, as far as Systems Manager knows what runs on them."""

from __future__ import annotations

import re
from datetime import timedelta

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.dates import system_support
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.lookups import with_id
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour
from garrison.rules.reading import Unseen, text, value

INSTANCE, MANAGED = "AWS::EC2::Instance", "AWS::SSM::ManagedInstanceInventory"
EIGHTEEN_MONTHS, SIX_MONTHS = timedelta(days=548), timedelta(days=183)
_YEAR = re.compile(r"Windows Server[^0-9]*(20\d\d)")
_UBUNTU = re.compile(r"(\d\d\.\d\d)")


def _platform(instance: Item, inputs: Inputs) -> tuple[str, str]:
    """The name and the version of the system that runs on an instance; raises `Unseen` where Systems Manager does not know it."""
    managed = with_id(inputs, MANAGED, instance.resource_id)
    if managed is None:
        raise Unseen("the system is not known: Systems Manager does not manage the instance")
    said = value(managed, "AWS:InstanceInformation", "Content", instance.resource_id) or {}
    return text(said, "PlatformName") or "", text(said, "PlatformVersion") or ""


def _judged(system: str, version: str, inputs: Inputs, soon: timedelta) -> tuple[Status, str]:
    ends = system_support(system, version)
    if ends is None:
        raise Unseen(f"when support of {system} {version} ends is not in the table")
    left = ends - inputs.now.date()
    status = Status.ERROR if left < timedelta() else Status.WARNING if left <= soon else Status.OK
    return status, ends.isoformat()


def _runs(instance: Item) -> bool:
    return text(instance, "state", "name") == "running"


@check(
    "Qsdfp3A4L4", "amazon-ec2-instances-with-microsoft-windows-server-end-of-support", Category.SECURITY, on=INSTANCE,
    also={MANAGED: ()},
    name="Amazon EC2 instances with Microsoft Windows Server end of support",
    chinese_name="终止支持的 Microsoft Windows Server 的 Amazon EC2 实例",
    columns=(
        "Status", "Region", "Instance ID", "Windows Server Version", "Support Cycle", "End of Support",
        "Last Updated Time",
    ),
    fix="Upgrade Windows Server to a version that is supported.",
)  # fmt: skip
def windows_support(instance: Item, inputs: Inputs) -> Advised | None:
    """A running Windows instance has a version of Windows Server that is supported (red where not), for 18 months more (yellow).

    Source: AWS Support User Guide, "Amazon EC2 instances with Microsoft Windows Server end of support".
    """
    if (text(instance, "platform") or "").lower() != "windows" or not _runs(instance):
        return None
    name, _ = _platform(instance, inputs)
    year = _YEAR.search(name)
    if year is None:
        raise Unseen(f"the version of Windows Server cannot be told from “{name}”")
    status, ends = _judged("windows", year[1], inputs, EIGHTEEN_MONTHS)
    return advised(
        instance, status, colour(status), instance.region, instance.resource_id, f"Windows Server {year[1]}",
        "Extended", ends, inputs.now.isoformat(),
    )  # fmt: skip


@check(
    "c1dfprch15", "amazon-ec2-instances-with-ubuntu-lts-end-of-standard-support", Category.SECURITY, on=INSTANCE,
    also={MANAGED: ()},
    name="Amazon EC2 instances with Ubuntu LTS end of standard support",
    chinese_name="终止标准支持的 Ubuntu LTS 的 Amazon EC2 实例",
    columns=(
        "Status", "Region", "Ubuntu Lts Version", "Expected End Of Support Date", "Instance ID", "Support Cycle",
        "Last Updated Time",
    ),
    fix="Upgrade to a later LTS version, or take Ubuntu Pro.",
)  # fmt: skip
def ubuntu_support(instance: Item, inputs: Inputs) -> Advised | None:
    """A running instance with Ubuntu has an LTS version with standard support (red where not), for half a year more (yellow).

    Source: AWS Support User Guide, "Amazon EC2 instances with Ubuntu LTS end of standard support".
    """
    if (text(instance, "platform") or "").lower() == "windows" or not _runs(instance):
        return None
    name, version = _platform(instance, inputs)
    release = _UBUNTU.match(version)
    if name.lower() != "ubuntu" or release is None:
        return None
    status, ends = _judged("ubuntu", release[1], inputs, SIX_MONTHS)
    return advised(
        instance, status, colour(status), instance.region, f"Ubuntu {release[1]} LTS", ends, instance.resource_id,
        "Standard", inputs.now.isoformat(),
    )  # fmt: skip
