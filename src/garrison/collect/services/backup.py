"""AWS Backup: plans with what they take in, and vaults."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Tie, Type

_PLANS = Call("ListBackupPlans", "BackupPlansList[]")

PLAN = Type(
    "AWS::Backup::BackupPlan",
    Call("GetBackupPlan", params={"BackupPlanId": At("BackupPlanId")}, each=_PLANS),
    id="BackupPlanId",
    arn="BackupPlanArn",
    title="BackupPlan.BackupPlanName",
    created="CreationDate",
    rename={"Rules": "BackupPlanRule", "TargetBackupVaultName": "TargetBackupVault"},
    parts=(Part("", Call("ListTags", params={"ResourceArn": At("BackupPlanArn")}), "Tags", into=Place.TAGS),),
)
_SELECTIONS = Call(
    "ListBackupSelections", "BackupSelectionsList[]", params={"BackupPlanId": At("BackupPlanId")}, each=_PLANS
)
SELECTION = Type(
    "AWS::Backup::BackupSelection",
    Call(
        "GetBackupSelection",
        params={"BackupPlanId": At("BackupPlanId"), "SelectionId": At("SelectionId")},
        each=_SELECTIONS,
    ),
    id="{SelectionId}_{BackupPlanId}",
    arn="arn:{partition}:backup:{region}:{account}:backup-plan:{BackupPlanId}/selection/{SelectionId}",
    title="BackupSelection.SelectionName",
    created="CreationDate",
    ties=(
        Tie("Is associated with BackupPlan", "AWS::Backup::BackupPlan", "BackupPlanId"),
        Tie("Is associated with Role", "AWS::IAM::Role", "BackupSelection.IamRoleArn"),
    ),
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

SERVICE = Service("backup", (PLAN, SELECTION, VAULT))
