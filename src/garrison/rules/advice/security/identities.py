"""Who signs in, and by which credentials: users, keys, the password policy and the root user."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from garrison.items import Item
from garrison.rules import Compliance
from garrison.rules.advice.check import Category, advised, check
from garrison.rules.advice.inputs import Inputs
from garrison.rules.advice.result import Advised, Status
from garrison.rules.advice.showing import colour, yes
from garrison.rules.managed.iam import NEVER, iam_account, report_of, summary
from garrison.rules.reading import Unseen, flag, moment, objects, part, text
from garrison.rules.registry import ACCOUNT

USER = "AWS::IAM::User"
SUMMARY = {ACCOUNT: ("PasswordPolicy",)}
KEYS = ("access_key_1", "access_key_2")
YELLOW_AFTER, RED_AFTER = timedelta(days=90), timedelta(days=2 * 365)
QUARANTINE = "AWSCompromisedKeyQuarantine"
"""How the policies begin that AWS attaches to a user whose key it saw published (IAM User Guide, "Exposed access keys")."""
CONTENT = (
    ("Uppercase", "requireUppercaseCharacters"),
    ("Lowercase", "requireLowercaseCharacters"),
    ("Number", "requireNumbers"),
    ("Non-alphanumeric", "requireSymbols"),
)


def _of_account(inputs: Inputs, status: Status, *metadata: str | None) -> Advised:
    return advised(iam_account(inputs.inventory), status, *metadata)


@check(
    "zXCkfM1nI3", "iam-use", Category.SECURITY, on=ACCOUNT,
    also={USER: ()},
    name="IAM Use", chinese_name="IAM 使用",
    columns=(), fix="Make users, groups and roles with just the permissions that each needs, in place of the root user.",
)  # fmt: skip
def iam_use(inputs: Inputs) -> Advised:
    """The account has an IAM user at least, so that people need not sign in as root.

    Source: AWS Support API, DescribeTrustedAdvisorChecks, "IAM Use".
    """
    status = Status.OK if inputs.items(USER) else Status.WARNING
    return Advised(inputs.account, f"arn:aws:iam::{inputs.account}:root", "global", status, ())


@check(
    "Yw2K9puPzl", "iam-password-policy", Category.SECURITY, on=ACCOUNT,
    also=SUMMARY,
    name="IAM Password Policy", chinese_name="IAM 密码策略",
    columns=("Password Policy", *(title for title, _ in CONTENT), "Status", "Reason"),
    fix="Set a password policy that asks for every kind of character (UpdateAccountPasswordPolicy).",
)  # fmt: skip
def password_policy(inputs: Inputs) -> Advised:
    """The account has a password policy (red where not) that asks for upper case, lower case, numbers and other characters.

    Source: AWS Support User Guide, "IAM Password Policy".
    """
    account = iam_account(inputs.inventory)
    policy = part(account, "PasswordPolicy")
    command = [(
        "iam", "update-account-password-policy", "--require-uppercase-characters", "--require-lowercase-characters",
        "--require-numbers", "--require-symbols", "--minimum-password-length", "14",
    )]  # fmt: skip
    if not policy:
        none = [None] * len(CONTENT)
        reason = "No password policy is enabled"
        return advised(account, Status.ERROR, "No", *none, colour(Status.ERROR), reason, commands=command)
    demanded = [flag(policy, place) is True for _, place in CONTENT]
    status = Status.OK if all(demanded) else Status.WARNING
    missing = [title for (title, _), is_on in zip(CONTENT, demanded, strict=True) if not is_on]
    reason = f"Not required: {', '.join(missing)}" if missing else ""
    return advised(
        account, status, "Yes", *(yes(is_on) for is_on in demanded), colour(status), reason or None,
        commands=command if missing else (),
    )  # fmt: skip


@check(
    "7DAFEmoDos", "mfa-on-root-account", Category.SECURITY, on=ACCOUNT,
    also=SUMMARY,
    name="MFA on Root Account", chinese_name="根账户的 MFA",
    columns=(), fix="Sign in as root and activate an MFA device, or delete the root user's credentials.",
)  # fmt: skip
def root_mfa(inputs: Inputs) -> Advised:
    """The root user signs in with MFA, or has neither password nor access key.

    Source: AWS Support User Guide, "MFA on root account".
    """
    if inputs.verdict("ROOT_ACCOUNT_MFA_ENABLED", None).compliance is Compliance.COMPLIANT:
        return _of_account(inputs, Status.OK)
    has_credentials = summary(inputs.inventory, "AccountAccessKeysPresent") != 0 or _root_has_password(inputs)
    return _of_account(inputs, Status.ERROR if has_credentials else Status.OK)


def _root_has_password(inputs: Inputs) -> bool:
    """Whether it may have one; accounts that never could do without are not told of it."""
    try:
        return summary(inputs.inventory, "AccountPasswordPresent") != 0
    except Unseen:
        return True


@check(
    "c2vlfg0f4h", "root-user-access-key", Category.SECURITY, on=ACCOUNT,
    also=SUMMARY,
    name="Root User Access Key", chinese_name="根用户访问密钥",
    columns=("Status", "Account ID", "Last Updated Time"), fix="Sign in as root and delete its access keys.",
)  # fmt: skip
def root_access_key(inputs: Inputs) -> Advised:
    """The root user has no access key.

    Source: AWS Support User Guide, "Root User Access Key".
    """
    verdict = inputs.verdict("IAM_ROOT_ACCESS_KEY_CHECK", None)
    status = Status.OK if verdict.compliance is Compliance.COMPLIANT else Status.ERROR
    return _of_account(inputs, status, colour(status), inputs.account, inputs.now.isoformat())


@check(
    "c2vlfg0p86", "iam-saml-identity-provider", Category.SECURITY, on=ACCOUNT,
    also={"AWS::IAM::SAMLProvider": ()},
    name="IAM SAML 2.0 Identity Provider", chinese_name="IAM SAML 2.0 身份提供商",
    columns=("Status", "AWS account Id", "Last Updated Time"),
    fix="Have people sign in through your identity provider (CreateSAMLProvider, or IAM Identity Center).",
)  # fmt: skip
def saml_provider(inputs: Inputs) -> Advised:
    """People can sign in through an identity provider that speaks SAML 2.0.

    Source: AWS Support User Guide, "IAM SAML 2.0 Identity Provider".
    """
    status = Status.OK if inputs.items("AWS::IAM::SAMLProvider") else Status.WARNING
    arn = f"arn:aws:iam::{inputs.account}:root"
    return Advised(inputs.account, arn, "global", status, (colour(status), inputs.account, inputs.now.isoformat()))


@check(
    "DqdJqYeRm5", "iam-access-key-rotation", Category.SECURITY, on=USER,
    parts=("CredentialReport",),
    name="IAM Access Key Rotation", chinese_name="IAM 访问密钥轮换",
    columns=("Status", "IAM User", "Access Key", "Key Last Rotated", "Reason"),
    fix="Make a new access key, put it into use and delete the old one.",
)  # fmt: skip
def key_rotation(user: Item, inputs: Inputs) -> Iterator[Advised]:
    """No active access key is older than 90 days (yellow) or two years (red), by the credential report.

    Source: AWS Support User Guide, "IAM Access Key Rotation".
    """
    report = report_of(user)
    for key in KEYS:
        if not flag(report, f"{key}_active"):
            continue
        said = report.get(f"{key}_last_rotated")
        rotated = None if said in NEVER else moment(report, f"{key}_last_rotated")
        if rotated is None:
            raise Unseen(f"{key}_last_rotated: not in the credential report")
        status, reason = _aged(inputs.now, rotated)
        name = user.resource_name or user.resource_id
        yield advised(
            user, status, colour(status), name, key, rotated.isoformat(), reason,
            commands=[] if status is Status.OK else [("iam", "create-access-key", "--user-name", name)],
        )  # fmt: skip


def _aged(now: datetime, rotated: datetime) -> tuple[Status, str | None]:
    if now - rotated <= YELLOW_AFTER:
        return Status.OK, None
    if now - rotated <= RED_AFTER:
        return Status.WARNING, "The key was last rotated more than 90 days ago"
    return Status.ERROR, "The key was last rotated more than 2 years ago"


@check(
    "12Fnkpl8Y5", "exposed-access-keys", Category.SECURITY, on=ACCOUNT,
    also={USER: ()},
    name="Exposed Access Keys", chinese_name="公开的访问密钥",
    columns=(
        "Access Key ID", "User Name (IAM or Root)", "Fraud Type", "Case ID", "Time Updated", "Location", "Deadline",
        "Usage (USD per Day)",
    ),
    fix="Delete the key, look through the trail for what it was used for, and take the quarantine policy away afterwards.",
)  # fmt: skip
def exposed_keys(inputs: Inputs) -> Iterator[Advised]:
    """No user has the policy that AWS attaches to users whose access key it saw published.

    Where no user has it, nothing can be said: only AWS knows which keys it found. Source: AWS Support User Guide, "Exposed Access Keys".
    """
    found = False
    for user in inputs.items(USER):
        attached = [text(one, "policyName") or "" for one in objects(user, "attachedManagedPolicies")]
        if any(name.startswith(QUARANTINE) for name in attached):
            found = True
            unknown = (None,) * 5
            yield advised(user, Status.ERROR, None, user.resource_name or user.resource_id, "Exposed", *unknown)
    if not found:
        raise Unseen("which access keys were published is known to AWS alone; no user has its quarantine policy")
