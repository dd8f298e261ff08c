"""GetContextKeysForCustomPolicy and GetContextKeysForPrincipalPolicy: which values a simulation of policies needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from garrison.policy.keys import context_keys
from garrison.services.iam.service import service
from garrison.services.iam.simulation_inputs import input_sources
from garrison.services.iam.simulation_subject import compiled_entity, entity_of_arn

if TYPE_CHECKING:
    from types_boto3_iam import type_defs as shapes

    from garrison.services.call import Call


@service.operation("GetContextKeysForCustomPolicy", needs={"iam:GetContextKeysForCustomPolicy": "*"})
def get_context_keys_for_custom_policy(
    call: Call, request: shapes.GetContextKeysForCustomPolicyRequestTypeDef
) -> dict[str, Any]:
    """The context keys that the given policies refer to."""
    given = input_sources(request, "PolicyInputList")
    return {"ContextKeyNames": list(context_keys(source.document for source in given))}


@service.operation(
    "GetContextKeysForPrincipalPolicy",
    needs={"iam:GetContextKeysForPrincipalPolicy": lambda call, request: request["PolicySourceArn"]},
)
def get_context_keys_for_principal_policy(
    call: Call, request: shapes.GetContextKeysForPrincipalPolicyRequestTypeDef
) -> dict[str, Any]:
    """The context keys that an entity's own policies refer to, a user's groups and the given policies included."""
    present = compiled_entity(call, entity_of_arn(call, request["PolicySourceArn"]))
    documents = [source.document for source in present.identity_sources]
    documents += [source.document for source in input_sources(request, "PolicyInputList")]
    return {"ContextKeyNames": list(context_keys(documents))}
