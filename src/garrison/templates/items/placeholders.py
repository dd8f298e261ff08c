"""Values for what only a stack would know, in the form that they will have: names, ARNs, parameters without a default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from garrison.templates.declared import FORMS
from garrison.templates.evaluation import evaluate
from garrison.templates.faults import TemplateInvalid
from garrison.templates.loops import expand
from garrison.templates.model import Parameter, Template
from garrison.templates.parameters import parameters
from garrison.templates.scope import Scope, pseudo_parameters
from garrison.templates.unknown import Absent

ACCOUNT, REGION = "111122223333", "us-east-1"
_ARNS = {
    "AWS::CloudTrail::Trail": "arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    "AWS::IAM::Group": "arn:aws:iam::{account}:group/{name}",
    "AWS::IAM::ManagedPolicy": "arn:aws:iam::{account}:policy/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::IAM::User": "arn:aws:iam::{account}:user/{name}",
    "AWS::KMS::Key": "arn:aws:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": "arn:aws:lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "arn:aws:s3:::{name}",
    "AWS::SNS::Topic": "arn:aws:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
}
_NAMED_BY = (
    "BucketName",
    "RoleName",
    "UserName",
    "GroupName",
    "ManagedPolicyName",
    "TopicName",
    "QueueName",
    "TrailName",
    "FunctionName",
    "LogGroupName",
    "Name",
)
_REFERRED_BY_ARN = frozenset({"AWS::SNS::Topic", "AWS::IAM::ManagedPolicy"})
"""Types of which Ref gives the ARN."""
_EXAMPLES = {
    "AWS::EC2::AvailabilityZone::Name": f"{REGION}a",
    "AWS::EC2::Image::Id": "ami-00000000000000000",
    "AWS::EC2::Instance::Id": "i-00000000000000000",
    "AWS::EC2::SecurityGroup::Id": "sg-00000000000000000",
    "AWS::EC2::Subnet::Id": "subnet-00000000000000000",
    "AWS::EC2::Volume::Id": "vol-00000000000000000",
    "AWS::EC2::VPC::Id": "vpc-00000000000000000",
    "AWS::Route53::HostedZone::Id": "Z00000000000000000000",
}


def given_or_made_up(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Values for all parameters: those given (checked), defaults, else something of the type; raises TemplateInvalid."""
    made = {
        name: _example(one) for name, one in template.parameters.items() if one.default is None and name not in given
    }
    kept = {name: one for name, one in template.parameters.items() if name not in made}
    checkable = {name: one for name, one in kept.items() if name in given or not one.type.startswith("AWS::SSM::")}
    if unknown := [name for name in given if name not in template.parameters]:
        raise TemplateInvalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {name: given.get(name, one.default or "") for name, one in kept.items()}
    for name, one in checkable.items():
        values[name] = parameters(_only(template, one), {name: values[name]}, ssm=lambda text: text)[name]
    return {name: (values | made)[name] for name in template.parameters}


def _only(template: Template, one: Parameter) -> Template:
    from dataclasses import replace

    return replace(template, parameters={one.name: one})


def _example(one: Parameter) -> str:
    kind = one.type.removeprefix("AWS::SSM::Parameter::Value<").removeprefix("List<").rstrip(">")
    if one.allowed_values:
        return one.allowed_values[0]
    if kind == "Number":
        return f"{one.min_value or one.max_value or 1:g}"
    if kind in FORMS:
        return _EXAMPLES.get(kind, one.name)
    return one.name.ljust(one.min_length or 0, "x")


def placeholder_scope(
    template: Template, values: Mapping[str, str], account: str = ACCOUNT, region: str = REGION
) -> Scope:
    """The unrolled template with made-up names of everything that a stack would make; raises TemplateInvalid."""
    pseudo = pseudo_parameters(
        account,
        region,
        stack_id=f"arn:aws:cloudformation:{region}:{account}:stack/template/00000000-0000-0000-0000-000000000000",
        stack_name="template",
        partition="aws",
    )
    unrolled = expand(Scope(template, values, pseudo))
    naming = _Naming(unrolled, account, region)
    scope = Scope(
        unrolled,
        values,
        pseudo,
        ref=naming.ref,
        attribute=naming.attribute,
        imported=lambda name: name,
        dynamic=lambda reference: f"resolved-{reference.rsplit(':', 1)[-1].strip('/').replace('/', '-')}",
    )
    naming.scope = scope
    return scope


class _Naming:
    """Names of what is not there yet."""

    def __init__(self, template: Template, account: str, region: str) -> None:
        self._template = template
        self._place = {"account": account, "region": region}
        self._names: dict[str, str] = {}
        self.scope: Scope | None = None

    def name(self, logical_id: str) -> str:
        """The name that a resource asks for, or one made of its logical name."""
        if logical_id not in self._names:
            self._names[logical_id] = logical_id.lower()  # also while the name itself is worked out
            self._names[logical_id] = self._wanted(logical_id) or logical_id.lower()
        return self._names[logical_id]

    def _wanted(self, logical_id: str) -> str | None:
        properties = self._template.resources[logical_id].properties
        written = next((properties[each] for each in _NAMED_BY if each in properties), None)
        if written is None or self.scope is None:
            return None
        value = evaluate(written, self.scope)
        return None if isinstance(value, Absent | list | dict) else str(value)

    def ref(self, logical_id: str) -> Any:
        """What Ref will give."""
        kind = self._template.resources[logical_id].type
        return self.arn(logical_id) if kind in _REFERRED_BY_ARN else self.name(logical_id)

    def attribute(self, logical_id: str, attribute: str) -> Any:
        """What GetAtt will give."""
        if attribute.lower().endswith("arn"):
            return self.arn(logical_id)
        if attribute in ("GroupId", "KeyId", "Id", "RoleName", "TopicName", "QueueName"):
            return self.name(logical_id)
        return f"{self.name(logical_id)}-{attribute.lower()}"

    def arn(self, logical_id: str) -> str:
        """An ARN of the resource's form."""
        kind = self._template.resources[logical_id].type
        service, rest = [*kind.split("::"), "", ""][1:3]
        form = _ARNS.get(kind, f"arn:aws:{service.lower()}:{{region}}:{{account}}:{rest.lower()}/{{name}}")
        return form.format(name=self.name(logical_id), **self._place)
