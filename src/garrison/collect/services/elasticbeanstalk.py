"""AWS Elastic Beanstalk: environments, with those of their options that say how they are watched and kept up to date."""

from __future__ import annotations

from typing import Any

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

TOLD = frozenset(
    {
        "aws:elasticbeanstalk:cloudwatch:logs",
        "aws:elasticbeanstalk:cloudwatch:logs:health",
        "aws:elasticbeanstalk:healthreporting:system",
        "aws:elasticbeanstalk:managedactions",
        "aws:elasticbeanstalk:managedactions:platformupdate",
    }
)
"""The namespaces of options that are kept; others hold an application's environment, with secrets in it."""


def _told(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in options if one.get("namespace") in TOLD]


ENVIRONMENT = Type(
    "AWS::ElasticBeanstalk::Environment",
    Call("DescribeEnvironments", "Environments[]", params={"IncludeDeleted": False}),
    narrow="EnvironmentIds[]",
    id="EnvironmentId",
    arn="EnvironmentArn",
    title="EnvironmentName",
    created="DateCreated",
    parts=(
        Part(
            "OptionSettings",
            Call(
                "DescribeConfigurationSettings",
                params={"ApplicationName": At("ApplicationName"), "EnvironmentName": At("EnvironmentName")},
            ),
            "ConfigurationSettings[].OptionSettings",
            shaped=_told,
        ),
        Part(
            "",
            Call("ListTagsForResource", params={"ResourceArn": At("EnvironmentArn")}),
            "ResourceTags",
            into=Place.TAGS,
        ),
    ),
)

SERVICE = Service("elasticbeanstalk", (ENVIRONMENT,))
