"""Settings that do not outlast a failure, as AWS Config's rules have them."""

from __future__ import annotations

from garrison.rules.advice.check import Category
from garrison.rules.advice.judged import judged
from garrison.rules.advice.result import Status

judged(
    "c18d2gz138", "amazon-dynamodb-point-in-time-recovery", Category.FAULT_TOLERANCE, "DYNAMODB_PITR_ENABLED",
    name="Amazon DynamoDB Point-in-time Recovery", chinese_name="Amazon DynamoDB 时间点恢复",
    commands=lambda item: [
        ("dynamodb", "update-continuous-backups", "--table-name", item.resource_id,
         "--point-in-time-recovery-specification", "PointInTimeRecoveryEnabled=true"),
    ],
)  # fmt: skip
judged(
    "c18d2gz107", "amazon-dynamodb-table-not-included-in-backup-plan", Category.FAULT_TOLERANCE,
    "DYNAMODB_IN_BACKUP_PLAN",
    name="Amazon DynamoDB Table Not Included in Backup Plan", chinese_name="Amazon DynamoDB 表未包含在备份计划中",
)  # fmt: skip
judged(
    "c18d2gz106", "amazon-ebs-not-included-in-backup-plan", Category.FAULT_TOLERANCE, "EBS_IN_BACKUP_PLAN",
    name="Amazon EBS Not Included in AWS Backup Plan", chinese_name="Amazon EBS 未包含在 AWS Backup 计划中",
)  # fmt: skip
judged(
    "c18d2gz117", "amazon-efs-not-in-backup-plan", Category.FAULT_TOLERANCE, "EFS_IN_BACKUP_PLAN", flagged=Status.ERROR,
    name="Amazon EFS not in AWS Backup Plan", chinese_name="Amazon EFS 未包含在 AWS Backup 计划中",
)  # fmt: skip
judged(
    "c18d2gz159", "amazon-rds-not-in-backup-plan", Category.FAULT_TOLERANCE, "RDS_IN_BACKUP_PLAN",
    name="Amazon RDS Not In AWS Backup Plan", chinese_name="Amazon RDS 未包含在 AWS Backup 计划中",
)  # fmt: skip
judged(
    "c18d2gz104", "auto-scaling-without-elb-health-check", Category.FAULT_TOLERANCE,
    "AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED",
    name="Amazon EC2 Auto Scaling does not have ELB Health Check Enabled",
    chinese_name="Amazon EC2 Auto Scaling 未启用 ELB 运行状况检查",
)  # fmt: skip
judged(
    "c18d2gz144", "amazon-ec2-detailed-monitoring-not-enabled", Category.FAULT_TOLERANCE,
    "EC2_INSTANCE_DETAILED_MONITORING_ENABLED",
    name="Amazon EC2 Detailed Monitoring Not Enabled", chinese_name="未启用 Amazon EC2 详细监控",
    commands=lambda item: [("ec2", "monitor-instances", "--instance-ids", item.resource_id)],
)  # fmt: skip
judged(
    "c18d2gz158", "amazon-rds-enhanced-monitoring-not-enabled", Category.FAULT_TOLERANCE,
    "RDS_ENHANCED_MONITORING_ENABLED",
    name="Amazon RDS DB Instance Enhanced Monitoring not enabled", chinese_name="Amazon RDS 数据库实例未启用增强监控",
)  # fmt: skip
judged(
    "c18d2gz161", "rds-db-cluster-has-no-multi-az-replication", Category.FAULT_TOLERANCE, "RDS_CLUSTER_MULTI_AZ_ENABLED",
    name="RDS DB Cluster has no Multi-AZ replication enabled", chinese_name="RDS 数据库集群未启用多可用区复制",
)  # fmt: skip
judged(
    "c18d2gz156", "rds-multi-az-standby-instance-not-enabled", Category.FAULT_TOLERANCE, "RDS_MULTI_AZ_SUPPORT",
    name="RDS Multi-AZ Standby Instance Not Enabled", chinese_name="未启用 RDS 多可用区备用实例",
)  # fmt: skip
judged(
    "c18d2gz135", "amazon-redshift-cluster-automated-snapshots", Category.FAULT_TOLERANCE, "REDSHIFT_BACKUP_ENABLED",
    flagged=Status.ERROR,
    name="Amazon Redshift cluster automated snapshots", chinese_name="Amazon Redshift 集群自动快照",
)  # fmt: skip
judged(
    "c18d2gz182", "aws-lambda-functions-without-a-dead-letter-queue", Category.FAULT_TOLERANCE, "LAMBDA_DLQ_CHECK",
    name="AWS Lambda functions without a dead-letter queue configured", chinese_name="未配置死信队列的 AWS Lambda 函数",
)  # fmt: skip
