"""Web ACLs and what goes with them as CloudFormation makes them (CloudFormation Template Reference, "AWS WAFV2")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from garrison.services.handlers import Kind, TagStyle, Work, kind

_GONE = "WAFNonexistentItem WAFNonexistentItemException"
_RENAMED = {"ForwardedIPConfiguration": "ForwardedIPConfig", "IPSetForwardedIPConfiguration": "IPSetForwardedIPConfig"}
"""Members that templates name otherwise than the API."""


def _translated(value: Any, within: str = "") -> Any:
    """Rules as the API has them."""
    if isinstance(value, list):
        return [_translated(each, within) for each in value]
    if not isinstance(value, Mapping):
        return value
    made: dict[str, Any] = {}
    for name, each in value.items():
        if name == "Arn" and within.endswith("ReferenceStatement"):
            made["ARN"] = each
        elif name == "SearchString":
            made[name] = str(each).encode()
        elif name == "SearchStringBase64":
            made["SearchString"] = each
        else:
            made[str(_RENAMED.get(name, name))] = _translated(each, name)
    return made


def _declared(
    word: str,
    settings: str,
    required: str,
    create_only: str,
    wanted: Callable[[Work], dict[str, Any]],
    attributes: str = "",
) -> Kind:
    """A type whose resources have a name, a scope, an id and a lock token: all of them are changed alike."""
    made = kind(
        f"AWS::WAFv2::{word}",
        f"Name Scope Description {settings}",
        required=f"Scope {required}",
        create_only=f"Name Scope {create_only}",
        attributes=f"Arn Id {attributes}",
        name_property="Name",
        tags=TagStyle.ALL,
        gone=_GONE,
        write_only="Rules",
    )

    @made.create
    def create(work: Work) -> None:
        answer = work.call(
            "wafv2",
            f"Create{word}",
            Name=work.name("Name", 128),
            Scope=work.text("Scope"),
            Description=work.text("Description"),
            Tags=work.listed("Tags") or None,
            **wanted(work),
        )["Summary"]
        shown = {"LabelNamespace": _namespace(work, answer, word)} if "LabelNamespace" in attributes else {}
        capacity = {"Capacity": _capacity(work, answer, word)} if "Capacity" in attributes else {}
        identity = f"{answer['Name']}|{answer['Id']}|{work.text('Scope')}"
        work.made(identity, Arn=answer["ARN"], Id=answer["Id"], **shown, **capacity)

    @made.update
    def update(work: Work) -> None:
        changed = [name for name in (*settings.split(), "Description") if work.has_changed(name)]
        if changed:
            _changed(
                work, word, f"Update{word}", Description=work.text("Description"), **_updated(wanted(work), create_only)
            )
        work.retag("wafv2", "UntagResource", "TagResource", ResourceARN=work.attributes["Arn"])

    @made.delete
    def delete(work: Work) -> None:
        _changed(work, word, f"Delete{word}")

    @made.read
    def read(work: Work) -> Mapping[str, Any] | None:
        answer = work.call_if_there("wafv2", f"Get{word}", **_identity(work))
        return _shown(work, answer[word]) if answer is not None else None

    return made


def _capacity(work: Work, answer: Mapping[str, Any], word: str) -> Any:
    found = work.call("wafv2", f"Get{word}", Name=answer["Name"], Id=answer["Id"], Scope=work.text("Scope"))
    return found[word].get("Capacity")


def _shown(work: Work, found: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as its properties would have it."""
    tags = work.call("wafv2", "ListTagsForResource", ResourceARN=found["ARN"])["TagInfoForResource"]["TagList"]
    shown: dict[str, Any] = {
        "Name": found["Name"],
        "Description": found.get("Description"),
        "Scope": work.properties["Scope"],
        "Tags": tags,
    }
    for name in ("Addresses", "IPAddressVersion", "DefaultAction", "Capacity"):
        if name in found:
            shown[name] = found[name]
    if "RegularExpressionList" in found:
        shown["RegularExpressionList"] = [one["RegexString"] for one in found["RegularExpressionList"]]
    return shown


def _namespace(work: Work, answer: Mapping[str, Any], word: str) -> str:
    middle = "webacl" if word == "WebACL" else "rulegroup"
    return f"awswaf:{work.place.account}:{middle}:{answer['Name']}:"


def _identity(work: Work) -> dict[str, Any]:
    name, identifier, scope = work.physical_id.split("|")
    return {"Name": name, "Id": identifier, "Scope": scope}


def _updated(values: dict[str, Any], create_only: str) -> dict[str, Any]:
    """What an update takes: not what a resource has for good."""
    return {name: value for name, value in values.items() if name not in create_only.split()}


def _changed(work: Work, word: str, operation: str, **parameters: Any) -> None:
    """Change a resource as it stands: each change needs the token of the state that it is made on."""
    token = work.call("wafv2", f"Get{word}", **_identity(work))["LockToken"]
    work.call("wafv2", operation, LockToken=token, **_identity(work), **parameters)


_WEB_ACL = (
    *("DefaultAction", "VisibilityConfig", "CustomResponseBodies", "CaptchaConfig", "ChallengeConfig", "TokenDomains"),
    *("AssociationConfig", "DataProtectionConfig"),
)


def _web_acl(work: Work) -> dict[str, Any]:
    return work.given(*_WEB_ACL) | {"Rules": _translated(work.listed("Rules"))}


web_acl = _declared(
    "WebACL",
    "Rules " + " ".join(_WEB_ACL),
    "DefaultAction VisibilityConfig",
    "",
    _web_acl,
    "Capacity LabelNamespace",
)


def _rule_group(work: Work) -> dict[str, Any]:
    given = work.given("Capacity", "VisibilityConfig", "CustomResponseBodies")
    return given | {"Rules": _translated(work.listed("Rules"))}


rule_group = _declared(
    "RuleGroup",
    "Capacity Rules VisibilityConfig CustomResponseBodies",
    "Capacity VisibilityConfig",
    "Capacity",
    _rule_group,
    "LabelNamespace",
)

ip_set = _declared(
    "IPSet",
    "IPAddressVersion Addresses",
    "IPAddressVersion Addresses",
    "IPAddressVersion",
    lambda work: work.given("IPAddressVersion") | {"Addresses": work.listed("Addresses")},
)

regex_set = _declared(
    "RegexPatternSet",
    "RegularExpressionList",
    "RegularExpressionList",
    "",
    lambda work: {"RegularExpressionList": [{"RegexString": one} for one in work.listed("RegularExpressionList")]},
)

association = kind(
    "AWS::WAFv2::WebACLAssociation",
    "ResourceArn WebACLArn",
    required="ResourceArn WebACLArn",
    create_only="ResourceArn WebACLArn",
    gone=_GONE,
)


@association.create
def create_association(work: Work) -> None:
    """The web ACL protects the resource."""
    acl, resource = work.text("WebACLArn"), work.text("ResourceArn")
    work.call("wafv2", "AssociateWebACL", WebACLArn=acl, ResourceArn=resource)
    work.made(f"{acl}|{resource}")


@association.delete
def delete_association(work: Work) -> None:
    """It does no longer."""
    work.call("wafv2", "DisassociateWebACL", ResourceArn=work.text("ResourceArn"))


logging = kind(
    "AWS::WAFv2::LoggingConfiguration",
    "LogDestinationConfigs LoggingFilter RedactedFields ResourceArn",
    required="LogDestinationConfigs ResourceArn",
    create_only="ResourceArn",
    attributes="ManagedByFirewallManager",
    gone=_GONE,
)


def _logging(work: Work) -> dict[str, Any]:
    return work.given("LogDestinationConfigs", "LoggingFilter", "RedactedFields", "ResourceArn")


@logging.create
def create_logging(work: Work) -> None:
    """What the web ACL decides is written to a destination."""
    arn = str(work.text("ResourceArn"))
    work.call_for_new(
        arn,
        lambda: work.call_if_there("wafv2", "GetLoggingConfiguration", ResourceArn=arn),
        "wafv2",
        "PutLoggingConfiguration",
        LoggingConfiguration=_logging(work),
    )
    work.made(arn)


@logging.update
def update_logging(work: Work) -> None:
    """Another destination, another filter."""
    work.call("wafv2", "PutLoggingConfiguration", LoggingConfiguration=_logging(work))


@logging.delete
def delete_logging(work: Work) -> None:
    """Nothing is written any more."""
    work.call("wafv2", "DeleteLoggingConfiguration", ResourceArn=work.physical_id)


@logging.read
def read_logging(work: Work) -> Mapping[str, Any] | None:
    """Where it is written, and what of it is left out."""
    answer = work.call_if_there("wafv2", "GetLoggingConfiguration", ResourceArn=work.physical_id)
    if answer is None:
        return None
    found = answer["LoggingConfiguration"]
    names = ("ResourceArn", "LogDestinationConfigs", "LoggingFilter", "RedactedFields")
    return {name: found.get(name) for name in names}
