"""AWS WAF Classic for load balancers and API Gateway."""

from __future__ import annotations

from garrison.collect.waf_classic import classic

SERVICE = classic(
    "waf-regional", "AWS::WAFRegional", "arn:{partition}:waf-regional:{region}:{account}", is_global=False
)
