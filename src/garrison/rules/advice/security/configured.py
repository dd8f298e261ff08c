"""Settings that leave a door open, as AWS Config's rules have them."""

from __future__ import annotations

from garrison.rules.advice.check import Category
from garrison.rules.advice.judged import CONTROL, judged
from garrison.rules.advice.result import Status

judged(
    "c18d2gz186", "amazon-cloudwatch-log-group-retention-period", Category.SECURITY, "CW_LOGGROUP_RETENTION_PERIOD_CHECK",
    name="Amazon CloudWatch Log Group Retention Period", chinese_name="Amazon CloudWatch 日志组保留期",
    parameters={"MinRetentionTime": "365"},
    commands=lambda item: [
        ("logs", "put-retention-policy", "--log-group-name", item.resource_id, "--retention-in-days", "365"),
    ],
)  # fmt: skip
judged(
    "c18d2gz152", "aws-backup-vault-without-resource-based-policy", Category.SECURITY,
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED",
    name="AWS Backup Vault Without Resource-Based Policy to Prevent Deletion of Recovery Points",
    chinese_name="AWS Backup 保管库没有基于资源的策略来防止删除恢复点",
)  # fmt: skip
judged(
    "Hs4Ma3G108", "cloudtrail-trails-should-be-integrated-with-cloudwatch-logs", Category.SECURITY,
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
    columns=CONTROL,
    name="CloudTrail trails should be integrated with Amazon CloudWatch Logs",
    chinese_name="CloudTrail 跟踪应与 Amazon CloudWatch Logs 集成",
)  # fmt: skip
judged(
    "Hs4Ma3G109", "cloudtrail-log-file-validation-should-be-enabled", Category.SECURITY,
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    columns=CONTROL,
    name="CloudTrail log file validation should be enabled", chinese_name="应启用 CloudTrail 日志文件验证",
    commands=lambda item: [("cloudtrail", "update-trail", "--name", item.arn, "--enable-log-file-validation")],
)  # fmt: skip
judged(
    "Hs4Ma3G103", "amazon-redshift-clusters-should-prohibit-public-access", Category.SECURITY,
    "REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK", flagged=Status.ERROR,
    columns=CONTROL,
    name="Amazon Redshift clusters should prohibit public access", chinese_name="Amazon Redshift 集群应禁止公开访问",
)  # fmt: skip
judged(
    "Hs4Ma3G100", "amazon-sagemaker-notebook-instances-should-not-have-direct-internet-access", Category.SECURITY,
    "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS", flagged=Status.ERROR,
    columns=CONTROL,
    name="Amazon SageMaker notebook instances should not have direct internet access",
    chinese_name="Amazon SageMaker 笔记本实例不应直接访问互联网",
)  # fmt: skip
judged(
    "Hs4Ma3G225", "opensearch-domains-should-have-encryption-at-rest-enabled", Category.SECURITY,
    "OPENSEARCH_ENCRYPTED_AT_REST",
    columns=CONTROL,
    name="OpenSearch domains should have encryption at rest enabled", chinese_name="OpenSearch 域应启用静态加密",
)  # fmt: skip
judged(
    "Hs4Ma3G223", "opensearch-domains-should-encrypt-data-sent-between-nodes", Category.SECURITY,
    "OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
    columns=CONTROL,
    name="OpenSearch domains should encrypt data sent between nodes", chinese_name="OpenSearch 域应加密节点之间发送的数据",
)  # fmt: skip
judged(
    "Hs4Ma3G224", "opensearch-domains-should-be-in-a-vpc", Category.SECURITY, "OPENSEARCH_IN_VPC_ONLY",
    flagged=Status.ERROR,
    columns=CONTROL,
    name="OpenSearch domains should be in a VPC", chinese_name="OpenSearch 域应位于 VPC 中",
)  # fmt: skip
judged(
    "Hs4Ma3G210", "cloudfront-distributions-should-have-logging-enabled", Category.SECURITY,
    "CLOUDFRONT_ACCESSLOGS_ENABLED",
    columns=CONTROL,
    name="CloudFront distributions should have logging enabled", chinese_name="CloudFront 分配应启用日志记录",
)  # fmt: skip
judged(
    "Hs4Ma3G214", "network-acls-should-not-allow-ingress-to-port-22-or-3389", Category.SECURITY,
    "NACL_NO_UNRESTRICTED_SSH_RDP",
    columns=CONTROL,
    name="Network ACLs should not allow ingress from 0.0.0.0/0 to port 22 or port 3389",
    chinese_name="网络 ACL 不应允许从 0.0.0.0/0 到端口 22 或 3389 的入站流量",
)  # fmt: skip
judged(
    None, "users-without-mfa", Category.SECURITY, "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
    flagged=Status.ERROR,
    name="IAM users with a password and without MFA", chinese_name="拥有密码但未启用 MFA 的 IAM 用户",
)  # fmt: skip
judged(
    None, "policies-allowing-all", Category.SECURITY, "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
    flagged=Status.ERROR,
    name="Customer managed policies that allow everything", chinese_name="允许所有操作的客户托管策略",
)  # fmt: skip
judged(
    None, "unused-credentials", Category.SECURITY, "IAM_USER_UNUSED_CREDENTIALS_CHECK",
    name="IAM users with credentials that nobody uses", chinese_name="凭证长期未使用的 IAM 用户",
)  # fmt: skip
judged(
    None, "kms-keys-being-deleted", Category.SECURITY, "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    flagged=Status.ERROR,
    name="KMS keys scheduled for deletion", chinese_name="已计划删除的 KMS 密钥",
    commands=lambda item: [("kms", "cancel-key-deletion", "--key-id", item.resource_id)],
)  # fmt: skip
judged(
    None, "kms-keys-not-rotated", Category.SECURITY, "CMK_BACKING_KEY_ROTATION_ENABLED",
    name="KMS keys without automatic rotation", chinese_name="未启用自动轮换的 KMS 密钥",
    commands=lambda item: [("kms", "enable-key-rotation", "--key-id", item.resource_id)],
)  # fmt: skip
judged(
    None, "ecr-without-scanning", Category.SECURITY, "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
    name="ECR repositories without image scanning", chinese_name="未启用镜像扫描的 ECR 存储库",
    commands=lambda item: [
        ("ecr", "put-image-scanning-configuration", "--repository-name", item.resource_id,
         "--image-scanning-configuration", "scanOnPush=true"),
    ],
)  # fmt: skip
judged(
    None, "public-db-instances", Category.SECURITY, "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", flagged=Status.ERROR,
    name="DB instances with a public address", chinese_name="具有公有地址的数据库实例",
)  # fmt: skip
judged(
    None, "public-functions", Category.SECURITY, "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED", flagged=Status.ERROR,
    name="Lambda functions that anybody may call", chinese_name="任何人都可以调用的 Lambda 函数",
)  # fmt: skip
judged(
    None, "instances-without-imdsv2", Category.SECURITY, "EC2_IMDSV2_CHECK",
    name="EC2 instances that give metadata without a token", chinese_name="未强制使用 IMDSv2 的 EC2 实例",
    commands=lambda item: [
        ("ec2", "modify-instance-metadata-options", "--instance-id", item.resource_id, "--http-tokens", "required"),
    ],
)  # fmt: skip
