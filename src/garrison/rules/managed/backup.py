"""Rules about AWS Backup: what backup plans take in, and who may delete what they keep."""

from __future__ import annotations

from collections.abc import Callable

from garrison.items import Item
from garrison.policy import Condition
from garrison.rules.backup_plans import Coverage, Wanted, uncovered
from garrison.rules.inventory import Inventory
from garrison.rules.policies import not_denied, parsed
from garrison.rules.reading import listed, policy_text, text
from garrison.rules.registry import TAGS, Parameters, Trigger, rule
from garrison.rules.verdict import COMPLIANT, Severity, Verdict, non_compliant, not_applicable

VAULT = "AWS::Backup::BackupVault"
READ = {"AWS::Backup::BackupSelection": (), "AWS::Backup::BackupPlan": (), VAULT: ()}
DELETION = ("backup:DeleteRecoveryPoint",)
FIX = "Assign the resource to a backup plan (CreateBackupSelection), by its ARN or a tag."


class Spared(Parameters, frozen=True, rename="camel"):
    """Principals, by ARN, that may delete nevertheless."""

    principal_arn_list: str = ""


@rule(
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", on=VAULT, severity=Severity.MEDIUM,
    parts=("AccessPolicy",),
    fix="Give the vault a policy that denies backup:DeleteRecoveryPoint to everybody (PutBackupVaultAccessPolicy).",
)  # fmt: skip
def manual_deletion_disabled(vault: Item, parameters: Spared) -> Verdict:
    """A vault's policy denies the deletion of recovery points to all but the given principals.

    Source: AWS Config Developer Guide, "backup-recovery-point-manual-deletion-disabled".
    """
    policy = policy_text(vault, "AccessPolicy")
    if policy is None:
        return non_compliant("The vault has no policy")
    spared = listed(parameters.principal_arn_list)
    when = (Condition("ArnNotLike", "aws:PrincipalArn", spared),) if spared else ()
    found = not_denied(parsed(policy), DELETION, ("*",), when)
    return COMPLIANT if found is None else non_compliant(f"The policy does not deny {found}")


def _in_plan(identifier: str, resource_type: str, what: str) -> Callable[..., Verdict]:
    """The rule that a kind of resource is taken in by some plan."""

    def judge(resource: Item, parameters: Parameters, inventory: Inventory) -> Verdict:
        return _covered(resource, Wanted(), inventory)

    return _registered(identifier, resource_type, f"{what} is taken in by a backup plan", judge)


def _protected(identifier: str, resource_type: str, what: str) -> Callable[..., Verdict]:
    """The rule that a kind of resource is taken in by a plan that keeps backups as the parameters say."""

    def judge(resource: Item, parameters: Coverage, inventory: Inventory) -> Verdict:
        if not parameters.means(resource):
            return not_applicable("The parameters mean other resources")
        return _covered(resource, parameters.wanted(), inventory)

    said = f"{what} is taken in by a backup plan, one that copies and locks as the parameters say"
    return _registered(identifier, resource_type, said, judge)


def _registered(
    identifier: str, resource_type: str, said: str, judge: Callable[..., Verdict]
) -> Callable[..., Verdict]:
    """A rule on what backup plans take in; its page is called as the rule is."""
    page = identifier.lower().replace("_", "-")
    judge.__doc__ = f'{said}.\n\nSource: AWS Config Developer Guide, "{page}".'
    return rule(
        identifier,
        on=resource_type,
        trigger=Trigger.PERIODIC,
        severity=Severity.MEDIUM,
        fix=FIX,
        parts=(TAGS,),
        also=READ,
    )(judge)


def _covered(resource: Item, wanted: Wanted, inventory: Inventory) -> Verdict:
    if text(resource, "dBClusterIdentifier"):  # only DB instances have one
        return not_applicable("The instance is backed up with its cluster")
    reason = uncovered(resource, wanted, inventory)
    return COMPLIANT if reason is None else non_compliant(reason)


EBS, EFS, TABLE, INSTANCE = "AWS::EC2::Volume", "AWS::EFS::FileSystem", "AWS::DynamoDB::Table", "AWS::RDS::DBInstance"
dynamodb_in_backup_plan = _in_plan("DYNAMODB_IN_BACKUP_PLAN", TABLE, "A table")
ebs_in_backup_plan = _in_plan("EBS_IN_BACKUP_PLAN", EBS, "A volume")
efs_in_backup_plan = _in_plan("EFS_IN_BACKUP_PLAN", EFS, "A file system")
rds_in_backup_plan = _in_plan("RDS_IN_BACKUP_PLAN", INSTANCE, "A DB instance")
dynamodb_protected = _protected("DYNAMODB_RESOURCES_PROTECTED_BY_BACKUP_PLAN", TABLE, "A table")
ebs_protected = _protected("EBS_RESOURCES_PROTECTED_BY_BACKUP_PLAN", EBS, "A volume")
efs_protected = _protected("EFS_RESOURCES_PROTECTED_BY_BACKUP_PLAN", EFS, "A file system")
rds_protected = _protected("RDS_RESOURCES_PROTECTED_BY_BACKUP_PLAN", INSTANCE, "A DB instance")
aurora_protected = _protected("AURORA_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "AWS::RDS::DBCluster", "A DB cluster")
ec2_protected = _protected("EC2_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "AWS::EC2::Instance", "An instance")
s3_protected = _protected("S3_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "AWS::S3::Bucket", "A bucket")
fsx_protected = _protected("FSX_RESOURCES_PROTECTED_BY_BACKUP_PLAN", "AWS::FSx::FileSystem", "A file system")
