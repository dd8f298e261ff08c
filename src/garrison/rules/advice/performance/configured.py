"""Settings that slow down, as AWS Config's rules have them."""

from __future__ import annotations

from garrison.rules.advice.check import Category
from garrison.rules.advice.judged import judged

judged(
    "c18d2gz142", "ebs-optimization-not-enabled", Category.PERFORMANCE, "EBS_OPTIMIZED_INSTANCE",
    name="Amazon EBS Optimization Not Enabled", chinese_name="未启用 Amazon EBS 优化",
)  # fmt: skip
judged(
    "c18d2gz181", "lambda-functions-without-concurrency-limit", Category.PERFORMANCE, "LAMBDA_CONCURRENCY_CHECK",
    name="AWS Lambda Functions without Concurrency Limit Configured", chinese_name="未配置并发限制的 AWS Lambda 函数",
    commands=lambda item: [
        ("lambda", "put-function-concurrency", "--function-name", item.resource_id,
         "--reserved-concurrent-executions", "NUMBER"),
    ],
)  # fmt: skip
