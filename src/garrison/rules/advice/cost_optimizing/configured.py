"""Settings that cost more than they have to, as AWS Config's rules have them."""

from __future__ import annotations

from garrison.rules.advice.check import Category
from garrison.rules.advice.judged import judged

judged(
    "c18d2gz128", "ecr-repository-without-lifecycle-policy", Category.COST_OPTIMIZING,
    "ECR_PRIVATE_LIFECYCLE_POLICY_CONFIGURED",
    name="Amazon ECR Repository without lifecycle policy configured", chinese_name="未配置生命周期策略的 Amazon ECR 存储库",
)  # fmt: skip
judged(
    "c18d2gz127", "account-not-part-of-organizations", Category.COST_OPTIMIZING, "ACCOUNT_PART_OF_ORGANIZATIONS",
    name="AWS account not part of AWS Organizations", chinese_name="AWS 账户不属于 AWS Organizations",
)  # fmt: skip
