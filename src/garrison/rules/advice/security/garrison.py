"""Garrison advises on itself: who may do what here, and what is recorded of it. Its state comes as items of types `Garrison::…`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from garrison.items import Item
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Command, Status
from garrison.rules.reading import Unseen, finite, flag, moment, text, texts, value

KEY, ROOT, PERSON = "Garrison::Own::AccessKey", "Garrison::Own::Root", "Garrison::Own::ConsoleUser"
POLICY, TRAIL, HOME = "Garrison::Own::Policy", "Garrison::Own::Trail", "Garrison::Own::Home"
ROTATE_AFTER, ROTATE_AT_LAST = timedelta(days=90), timedelta(days=365)
ROOT_USED_WITHIN = timedelta(days=30)
UNUSED_AFTER = timedelta(days=90)


def day_of(at: datetime | None) -> str | None:
    """A time as columns show it."""
    return None if at is None else f"{at:%Y-%m-%d}"


@check(
    None, "own-access-keys", Category.SECURITY, on=KEY,
    name="Garrison: Access Keys Not Rotated", chinese_name="Garrison：访问密钥未轮换",
    columns=("User", "Access Key ID", "Created", "Last Used"),
    fix="Make a second key, have what uses the old one use it, then deactivate and delete the old one.",
)  # fmt: skip
def unrotated_key(key: Item, inputs: Inputs) -> Advised | None:
    """An active access key of Garrison's own account is replaced every 90 days, and never older than a year.

    Source: IAM User Guide, "Update access keys".
    """
    if not flag(key, "isActive"):
        return None
    created = moment(key, "createdAt")
    if created is None:
        raise Unseen("createdAt is not known")
    age = inputs.now - created
    status = Status.ERROR if age > ROTATE_AT_LAST else Status.WARNING if age > ROTATE_AFTER else Status.OK
    user = text(key, "user")
    old = ("--user-name", user, "--access-key-id", key.resource_id) if user else ("--access-key-id", key.resource_id)
    commands = [("iam", "update-access-key", *old, "--status", "Inactive")] if status is not Status.OK else []
    used = day_of(moment(key, "lastUsedAt"))
    return advised(key, status, user or "<root>", key.resource_id, day_of(created), used, commands=commands)


@check(
    None, "own-root-use", Category.SECURITY, on=ROOT,
    name="Garrison: Root Used", chinese_name="Garrison：使用了根用户",
    columns=("Account", "Last Used", "Active Access Keys", "Password", "MFA Device"),
    fix="Work as a user or role; delete root's access keys, and give root an MFA device.",
)  # fmt: skip
def root_used(root: Item, inputs: Inputs) -> Advised:
    """Root is not used in daily work: not in the last 30 days, it has no access key, and signs in by password with an MFA device only.

    Source: IAM User Guide, "Root user best practices for your AWS account".
    """
    used, keys = moment(root, "lastUsedAt"), int(finite(root, "activeKeys") or 0)
    has_password, has_mfa = bool(flag(root, "hasPassword")), bool(flag(root, "hasMfa"))
    if keys or (has_password and not has_mfa):
        status = Status.ERROR
    else:
        status = Status.WARNING if used is not None and inputs.now - used < ROOT_USED_WITHIN else Status.OK
    told = ("Yes" if has_password else "No", "Yes" if has_mfa else "No")
    return advised(root, status, root.account, day_of(used), str(keys), *told)


@check(
    None, "own-console-mfa", Category.SECURITY, on=PERSON,
    name="Garrison: Console Users Without MFA", chinese_name="Garrison：控制台用户未启用 MFA",
    columns=("User", "MFA Device", "Password Last Used"),
    fix="Have the user enable an MFA device, or delete the password.",
)  # fmt: skip
def console_without_mfa(user: Item, inputs: Inputs) -> Advised:
    """A user of Garrison's own account that can sign in with a password has an MFA device.

    Source: IAM User Guide, "Using multi-factor authentication (MFA) in AWS".
    """
    has_mfa = bool(flag(user, "hasMfa"))
    told = ("Yes" if has_mfa else "No", day_of(moment(user, "passwordLastUsedAt")))
    return advised(user, Status.OK if has_mfa else Status.ERROR, user.resource_id, *told)


@check(
    None, "own-unused-policies", Category.SECURITY, on=POLICY,
    name="Garrison: Unused Policies", chinese_name="Garrison：未使用的策略",
    columns=("Policy", "Attachments", "Last Changed"),
    fix="Delete the policy, or attach it where it was meant to be.",
)  # fmt: skip
def unused_policy(policy: Item, inputs: Inputs) -> Advised:
    """A managed policy of Garrison's own account that has not changed for 90 days is attached to somebody, or bounds somebody.

    Source: IAM User Guide, "Security best practices in IAM".
    """
    uses, changed = int(finite(policy, "uses") or 0), moment(policy, "updatedAt")
    is_old = changed is None or inputs.now - changed > UNUSED_AFTER
    status = Status.WARNING if not uses and is_old else Status.OK
    commands = [("iam", "delete-policy", "--policy-arn", policy.arn)] if status is Status.WARNING else []
    return advised(policy, status, policy.resource_id, str(uses), day_of(changed), commands=commands)


@check(
    None, "own-trails", Category.SECURITY, on=TRAIL, also={ROOT: ()},
    name="Garrison: Trails That Prove Nothing", chinese_name="Garrison：无法提供证明的跟踪",
    columns=("Trail", "Region", "Logging", "Log File Validation", "Anchored", "Last Delivery Error"),
    fix="Start logging, turn log file validation on, and name a place outside of this machine in `digest_anchors`.",
)  # fmt: skip
def weak_trail(trail: Item, inputs: Inputs) -> Advised:
    """A trail of Garrison's own account logs, delivers, validates its log files, and has its digests anchored outside of this machine.

    Without validation nobody can show that a log file is the one that was delivered; without an anchor whoever holds the machine can write
    the whole chain anew.

    Source: CloudTrail User Guide, "Validating CloudTrail log file integrity"; docs/trails.md.
    """
    logging, validates = bool(flag(trail, "isLogging")), bool(flag(trail, "validates"))
    anchors, error = texts(trail, "anchors"), text(trail, "deliveryError")
    proves = Status.OK if validates and anchors else Status.WARNING
    status = Status.ERROR if error or not logging else proves
    name = ("--name", trail.arn)
    commands: list[Command] = [("cloudtrail", "start-logging", *name)] if not logging else []
    if not validates:
        commands.append(("cloudtrail", "update-trail", *name, "--enable-log-file-validation"))
    shown = ("Yes" if logging else "No", "Yes" if validates else "No", "Yes" if anchors else "No", error)
    return advised(trail, status, trail.resource_id, trail.region, *shown, commands=commands)


@check(
    None, "own-trail-missing", Category.SECURITY, on="AWS::::Account", also={ROOT: (), TRAIL: ()},
    name="Garrison: No Trail", chinese_name="Garrison：没有跟踪",
    columns=("Account", "Trails"),
    fix="Make a trail with a bucket of its own: `garrison init` makes one, docs/trails.md tells how.",
)  # fmt: skip
def no_trail(inputs: Inputs) -> Iterator[Advised]:
    """Garrison's own account has at least one trail, so that its events outlive the 90 days of the event history.

    Source: CloudTrail User Guide, "Security best practices in AWS CloudTrail".
    """
    for root in inputs.items(ROOT):
        count = len(inputs.items(TRAIL))
        yield advised(root, Status.OK if count else Status.ERROR, root.account, str(count))


@check(
    None, "own-home-encryption", Category.SECURITY, on=HOME,
    name="Garrison: Home Not Encrypted", chinese_name="Garrison：数据目录未加密",
    columns=("Home", "Root Key", "Disk Encrypted"),
    fix="Put the home on an encrypted disk, and wrap the root key by a token (`root_key_token`), or have it come from elsewhere.",
)  # fmt: skip
def unencrypted_home(home: Item, inputs: Inputs) -> Advised:
    """The home lies on an encrypted disk, and the root key that opens its secrets does not lie beside them in clear.

    Whether a disk is encrypted is what the kernel says of its device; below a virtual machine's disk it cannot look.

    Source: docs/root-key.md.
    """
    key, encrypted = text(home, "rootKey") or "file", value(home, "diskEncrypted")
    in_clear = key == "file"
    if encrypted is None and not in_clear:
        raise Unseen("the kernel does not say whether the disk is encrypted")
    if in_clear:
        status = Status.OK if encrypted else Status.WARNING if encrypted is None else Status.ERROR
    else:
        status = Status.OK if encrypted else Status.WARNING
    told = "Unknown" if encrypted is None else "Yes" if encrypted else "No"
    return advised(home, status, home.resource_id, key, told)
