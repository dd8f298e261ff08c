"""The account's own security state: what is missing, and the command that puts it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from garrison.gateway.founding import ADMINISTRATOR
from garrison.runtime.parts import open_parts
from garrison.services.cloudtrail.resources import Trail
from garrison.services.cloudwatch.resources import Alarm
from garrison.services.cloudwatch.trail_alarms import trail_alarms
from garrison.services.iam.credentials import list_root_access_keys
from garrison.services.iam.login_profiles import profile_of
from garrison.services.iam.mfa_devices import devices_of
from garrison.services.iam.naming import folded
from garrison.services.iam.resources import AccessKey, Account, User
from garrison.settings import Settings
from garrison.store import Unit

OLD_KEY = timedelta(days=90)
"""Age at which an access key should be rotated (CIS AWS Foundations Benchmark, "rotated every 90 days or less")."""

OK = "ok"
ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    check: str
    state: str
    """`ok` or `attention`."""
    what: str
    remedy: str
    """The command that puts it right; empty where nothing is to be done."""


@dataclass(frozen=True, slots=True)
class _View:
    """What the checks may look at."""

    unit: Unit
    settings: Settings
    old_keys: list[AccessKey]
    users: list[User]
    trails: list[Trail]


def posture(settings: Settings) -> list[Finding]:
    """Look at the account of these settings; what needs attention comes first."""
    opened = open_parts(settings)
    try:
        with opened.parts.store.reading(settings.account_id, "global") as unit:
            keys = unit.page(AccessKey)
            oldest = opened.clock.now() - OLD_KEY
            view = _View(
                unit=unit,
                settings=settings,
                old_keys=[key for key in keys if key.is_active and key.created_at < oldest],
                users=unit.page(User),
                trails=unit.page(Trail, region=settings.region),
            )
            findings = [check(view) for check in _CHECKS]
    finally:
        opened.close()
    return sorted(findings, key=lambda finding: finding.state == OK)


def _root_keys(view: _View) -> Finding:
    if list_root_access_keys(view.unit):
        return Finding("root-access-key", ATTENTION, "Root has access keys.", "garrison root delete-key")
    return Finding("root-access-key", OK, "Root has no access key.", "")


def _root_mfa(view: _View) -> Finding:
    if devices_of(view.unit, view.settings.account_id):
        return Finding("root-mfa", OK, "An MFA device protects root.", "")
    if not list_root_access_keys(view.unit) and profile_of(view.unit, view.settings.account_id) is None:
        return Finding("root-mfa", OK, "Root has no MFA device, and nothing to sign in with.", "")
    return Finding("root-mfa", ATTENTION, "No MFA device protects root.", "garrison root mfa enable")


def _mfa(view: _View) -> Finding:
    bare = [user.name for user in view.users if not devices_of(view.unit, user.unique_id)]
    if not bare:
        return Finding("mfa", OK, "Every user has an MFA device.", "")
    name, iam = bare[0], "aws --profile garrison iam"
    return Finding(
        "mfa",
        ATTENTION,
        f"{_users(bare)} no MFA device: {', '.join(bare[:5])}{' …' if len(bare) > 5 else ''}.",
        f"garrison mfa enable {name}, or: {iam} create-virtual-mfa-device --virtual-mfa-device-name {name} "
        f"--bootstrap-method QRCodePNG --outfile {name}.png, and with two codes in a row: {iam} enable-mfa-device "
        f"--user-name {name} --serial-number arn:aws:iam::{view.settings.account_id}:mfa/{name} "
        "--authentication-code1 … --authentication-code2 …",
    )


def _users(names: list[str]) -> str:
    return "1 user has" if len(names) == 1 else f"{len(names)} users have"


def _password_policy(view: _View) -> Finding:
    account = view.unit.get(Account, view.settings.account_id)
    if account is not None and account.password_policy is not None:
        return Finding("password-policy", OK, "The account has a password policy.", "")
    return Finding(
        "password-policy",
        ATTENTION,
        "The account has no password policy.",
        "aws --profile garrison iam update-account-password-policy --minimum-password-length 14 --require-symbols "
        "--require-numbers --require-uppercase-characters --require-lowercase-characters "
        "--max-password-age 90 --password-reuse-prevention 24",
    )


def _trail(view: _View) -> Finding:
    if any(trail.is_logging for trail in view.trails):
        return Finding("trail", OK, "A trail is logging.", "")
    if view.trails:
        return Finding(
            "trail",
            ATTENTION,
            "No trail is logging.",
            f"aws --profile garrison cloudtrail start-logging --name {view.trails[0].name}",
        )
    return Finding(
        "trail",
        ATTENTION,
        "There is no trail: events are kept for LookupEvents only.",
        _trail_remedy(view.settings.account_id),
    )


def _trail_remedy(account: str) -> str:
    """The commands that make a bucket for log files, let CloudTrail deliver into it, and start a trail."""
    bucket = f"trail-{account}"
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, '
        f'"Action": ["s3:GetBucketAcl", "s3:PutObject"], "Resource": ["arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"], '
        f'"Condition": {{"StringEquals": {{"aws:SourceAccount": "{account}"}}}}}}]}}'
    )
    aws = "aws --profile garrison"
    return (
        f"{aws} s3api create-bucket --bucket {bucket} && "
        f"{aws} s3api put-bucket-policy --bucket {bucket} --policy '{policy}' && "
        f"{aws} cloudtrail create-trail --name main --s3-bucket-name {bucket} --is-multi-region-trail && "
        f"{aws} cloudtrail start-logging --name main"
    )


def _alarms(view: _View) -> Finding:
    kept = {alarm.name: alarm for alarm in view.unit.page(Alarm, region=view.settings.region)}
    known = [kept.get(each.name) for each in trail_alarms()]
    on = sum(alarm is not None and alarm.actions_enabled and bool(alarm.alarm_actions) for alarm in known)
    if on == len(known):
        return Finding("alarms", OK, f"All {on} alarms over the account's calls are on.", "")
    return Finding(
        "alarms",
        ATTENTION,
        f"{len(known) - on} of {len(known)} alarms over the account's calls are off.",
        "garrison alarms enable --email you@example.com",
    )


def _old_keys(view: _View) -> Finding:
    if not view.old_keys:
        return Finding("access-key-age", OK, f"No active access key is older than {OLD_KEY.days} days.", "")
    many = len(view.old_keys) > 1
    return Finding(
        "access-key-age",
        ATTENTION,
        f"{len(view.old_keys)} active access {'keys are' if many else 'key is'} older than {OLD_KEY.days} days.",
        _replacement(view, view.old_keys[0]),
    )


def _replacement(view: _View, key: AccessKey) -> str:
    """How an access key is replaced: Garrison itself knows where the administrator's is, others know their own."""
    if not key.user:
        return "garrison root delete-key"
    if key.user == folded(ADMINISTRATOR):
        return "garrison keys rotate"
    name = next((user.name for user in view.users if user.folded == key.user), key.user)
    iam = "aws --profile garrison iam"
    return (
        f"{iam} create-access-key --user-name {name}, and once the new key is in use: {iam} delete-access-key "
        f"--user-name {name} --access-key-id {key.access_key_id}"
    )


def _administrators(view: _View) -> Finding:
    powerful = [
        user.name for user in view.users if any(arn.endswith("/AdministratorAccess") for arn in user.attached_policies)
    ]
    if len(powerful) <= 1:
        return Finding("administrators", OK, "At most one user has AdministratorAccess directly.", "")
    return Finding(
        "administrators",
        ATTENTION,
        f"{len(powerful)} users have AdministratorAccess directly: {', '.join(powerful[:5])}.",
        f"aws --profile garrison iam detach-user-policy --user-name {powerful[-1]} "
        "--policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
    )


def _transport(view: _View) -> Finding:
    if view.settings.uses_tls:
        return Finding("transport", OK, "The endpoint serves TLS.", "")
    return Finding("transport", OK, "The endpoint listens on loopback only.", "")


_CHECKS: tuple[Callable[[_View], Finding], ...] = (
    _root_keys,
    _root_mfa,
    _mfa,
    _password_policy,
    _trail,
    _alarms,
    _old_keys,
    _administrators,
    _transport,
)
