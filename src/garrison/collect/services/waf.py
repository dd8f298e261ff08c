"""AWS WAF Classic for CloudFront."""

from __future__ import annotations

from garrison.collect.waf_classic import classic

SERVICE = classic("waf", "AWS::WAF", "arn:{partition}:waf::{account}", is_global=True)
