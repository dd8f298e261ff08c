"""Rules about the account as a whole: its organization, whom AWS tells, Macie, Shield, EMR, and what people have to verify."""

from __future__ import annotations

from garrison.items import Item
from garrison.rules.inventory import Inventory
from garrison.rules.reading import Unseen, flag, number, objects, part, text
from garrison.rules.registry import ACCOUNT, PROCESS_CHECK, Parameters, Trigger, rule
from garrison.rules.verdict import (
    COMPLIANT,
    Severity,
    Verdict,
    expect,
    insufficient_data,
    non_compliant,
    not_applicable,
)

ORGANIZATION, CONTACT = "AWS::Organizations::Organization", "AWS::Account::AlternateContact"
MACIE, SHIELD, EMR = "AWS::Macie::Session", "AWS::Shield::Subscription", "AWS::EMR::BlockPublicAccessConfiguration"
SSH = 22


class Master(Parameters, frozen=True):
    """The account that has to manage the organization, where it matters."""

    MasterAccountId: str | None = None  # AWS's spelling


@rule(
    PROCESS_CHECK, on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    fix="Verify what the rule's description asks for and say so (PutExternalEvaluation).",
)  # fmt: skip
def process_check(account: Inventory) -> Verdict:
    """What the rule's own description asks for is in order, as whoever verifies it says.

    Source: AWS Config Developer Guide, "Creating a Process Check within a Conformance Pack".
    """
    return insufficient_data(f"Somebody has to verify it for {account.account} and say so (PutExternalEvaluation)")


@rule(
    "ACCOUNT_PART_OF_ORGANIZATIONS", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    also={ORGANIZATION: ()},
    fix="Invite the account into an organization (InviteAccountToOrganization).",
)  # fmt: skip
def part_of_organization(account: Inventory, parameters: Master) -> Verdict:
    """The account is in an organization, in the given account's where one is.

    Source: AWS Config Developer Guide, "account-part-of-organizations".
    """
    found = account.of_type(ORGANIZATION)
    if not found:
        return non_compliant("The account is in no organization")
    master = text(found[0], "masterAccountId")
    return expect(parameters.MasterAccountId in (None, master), "masterAccountId", master)


@rule(
    "SECURITY_ACCOUNT_INFORMATION_PROVIDED", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={CONTACT: ()},
    fix="Name a security contact of the account (PutAlternateContact).",
)  # fmt: skip
def security_contact_provided(account: Inventory) -> Verdict:
    """The account names somebody whom AWS can tell about security.

    Source: AWS Config Developer Guide, "security-account-information-provided".
    """
    found = [one for one in account.of_type(CONTACT) if text(one, "alternateContactType") == "SECURITY"]
    return expect(bool(found), "The security contact", None)


@rule(
    "MACIE_STATUS_CHECK", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.MEDIUM,
    also={MACIE: ()},
    fix="Turn Macie on in the region (EnableMacie).",
)  # fmt: skip
def macie_enabled(account: Inventory) -> Verdict:
    """Macie is on, in every region that was looked at.

    Source: AWS Config Developer Guide, "macie-status-check".
    """
    found = {one.region: text(one, "status") for one in _told(account, MACIE)}
    return expect(all(status == "ENABLED" for status in found.values()), "status", found)


@rule(
    "MACIE_AUTO_SENSITIVE_DATA_DISCOVERY_CHECK", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    also={MACIE: ("Administrator", "AutomatedDiscovery")},
    fix="Turn automated discovery on (UpdateAutomatedDiscoveryConfiguration).",
)  # fmt: skip
def macie_discovers(account: Inventory) -> Verdict:
    """Macie looks for sensitive data by itself, in every region where the account is no other's member.

    Source: AWS Config Developer Guide, "macie-auto-sensitive-data-discovery-check".
    """
    own = [one for one in _told(account, MACIE) if text(part(one, "Administrator"), "relationshipStatus") != "Enabled"]
    if not own:
        return not_applicable("The account is a member, for which its administrator decides")
    found = {one.region: _discovery(one) for one in own}
    return expect(all(status == "ENABLED" for status in found.values()), "AutomatedDiscovery.status", found)


@rule(
    "SHIELD_DRT_ACCESS", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.LOW,
    also={SHIELD: ("DRTAccess",)},
    fix="Give the response team a role (AssociateDRTRole).",
)  # fmt: skip
def shield_response_access(account: Inventory) -> Verdict:
    """The response team has a role in an account with Shield Advanced.

    Source: AWS Config Developer Guide, "shield-drt-access".
    """
    (subscription, *_) = _told(account, SHIELD)
    state = text(subscription, "subscriptionState")
    if state is None:
        raise Unseen("subscriptionState: not in the configuration")
    if state != "ACTIVE":
        return not_applicable("The account has no Shield Advanced")
    if "DRTAccess" not in subscription.supplementary:
        part(subscription, "DRTAccess")  # says why, where it was refused
        raise Unseen("DRTAccess: not collected")
    found = text(part(subscription, "DRTAccess"), "roleArn")
    return expect(bool(found), "DRTAccess.roleArn", found)


@rule(
    "EMR_BLOCK_PUBLIC_ACCESS", on=ACCOUNT, trigger=Trigger.PERIODIC, severity=Severity.HIGH,
    also={EMR: ()},
    fix="Block public access, but for port 22 (PutBlockPublicAccessConfiguration).",
)  # fmt: skip
def emr_blocks_public_access(account: Inventory) -> Verdict:
    """EMR starts no cluster with a port other than 22 open to everybody, in every region that was looked at.

    Source: AWS Config Developer Guide, "emr-block-public-access".
    """
    for one in _told(account, EMR):
        if flag(one, "blockPublicSecurityGroupRules") is not True:
            return non_compliant(f"blockPublicSecurityGroupRules is not set in {one.region}")
        for ports in objects(one, "permittedPublicSecurityGroupRuleRanges"):
            low, high = number(ports, "minRange"), number(ports, "maxRange")
            if low != SSH or high not in (None, SSH):
                return non_compliant(f"permittedPublicSecurityGroupRuleRanges has {low}-{high} in {one.region}")
    return COMPLIANT


def _discovery(session: Item) -> str | None:
    if "AutomatedDiscovery" not in session.supplementary:
        part(session, "AutomatedDiscovery")  # says why, where it was refused
        raise Unseen("AutomatedDiscovery: not collected")
    return text(part(session, "AutomatedDiscovery"), "status")


def _told(account: Inventory, resource_type: str) -> list[Item]:
    """The items of a type that each region that was looked at has; raises `Unseen` where none was."""
    found = account.of_type(resource_type)
    if not found:
        raise Unseen(f"{resource_type}: not collected")
    return found
