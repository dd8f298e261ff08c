"""Amazon EC2 Auto Scaling: groups and launch configurations."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Tie, Type

GROUP = Type(
    "AWS::AutoScaling::AutoScalingGroup",
    Call("DescribeAutoScalingGroups", "AutoScalingGroups[]"),
    id="AutoScalingGroupARN",
    arn="AutoScalingGroupARN",
    title="AutoScalingGroupName",
    tags="Tags",
    created="CreatedTime",
    ties=(
        Tie("Contains Instance", "AWS::EC2::Instance", "Instances[].InstanceId"),
        Tie(
            "Is associated with LaunchConfiguration",
            "AWS::AutoScaling::LaunchConfiguration",
            "LaunchConfigurationName",
        ),
        Tie("Is associated with LaunchTemplate", "AWS::EC2::LaunchTemplate", "LaunchTemplate.LaunchTemplateId"),
    ),
)
LAUNCH_CONFIGURATION = Type(
    "AWS::AutoScaling::LaunchConfiguration",
    Call("DescribeLaunchConfigurations", "LaunchConfigurations[]"),
    id="LaunchConfigurationARN",
    arn="LaunchConfigurationARN",
    title="LaunchConfigurationName",
    created="CreatedTime",
    secrets=("UserData",),
    ties=(Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[]"),),
)

SERVICE = Service("autoscaling", (GROUP, LAUNCH_CONFIGURATION))
