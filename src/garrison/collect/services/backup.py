"""AWS Backup: plans and vaults."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_PLANS = Call("ListBackupPlans", "BackupPlansList[]")

PLAN = Type(
    "AWS::Backup::BackupPlan",
    Call("GetBackupPlan", params={"BackupPlanId": At("BackupPlanId")}, each=_PLANS),
    id="BackupPlanId",
    arn="BackupPlanArn",
    title="BackupPlan.BackupPlanName",
    created="CreationDate",
    parts=(Part("", Call("ListTags", params={"ResourceArn": At("BackupPlanArn")}), "Tags", into=Place.TAGS),),
)
VAULT = Type(
    "AWS::Backup::BackupVault",
    Call("ListBackupVaults", "BackupVaultList[]"),
    id="BackupVaultName",
    arn="BackupVaultArn",
    title="BackupVaultName",
    created="CreationDate",
    drop=("NumberOfRecoveryPoints",),
    parts=(
        Part(
            "AccessPolicy",
            Call("GetBackupVaultAccessPolicy", params={"BackupVaultName": At("BackupVaultName")}),
            "Policy",
            absent=("ResourceNotFoundException",),
        ),
        Part("", Call("ListTags", params={"ResourceArn": At("BackupVaultArn")}), "Tags", into=Place.TAGS),
    ),
)

SERVICE = Service("backup", (PLAN, VAULT))
