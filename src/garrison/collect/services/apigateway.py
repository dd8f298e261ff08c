"""Amazon API Gateway: REST APIs and their stages."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

_APIS = Call("GetRestApis", "items[]")

REST_API = Type(
    "AWS::ApiGateway::RestApi",
    _APIS,
    id="id",
    arn="arn:{partition}:apigateway:{region}::/restapis/{id}",
    title="name",
    tags="tags",
    created="createdDate",
)
STAGE = Type(
    "AWS::ApiGateway::Stage",
    Call("GetStages", "item[]", params={"restApiId": At("id")}, each=_APIS),
    id="arn:{partition}:apigateway:{region}::/restapis/{^id}/stages/{stageName}",
    arn="arn:{partition}:apigateway:{region}::/restapis/{^id}/stages/{stageName}",
    title="stageName",
    tags="tags",
    created="createdDate",
    secrets=("variables{}", "canarySettings.stageVariableOverrides{}"),
    ties=(
        Tie("Is contained in RestApi", "AWS::ApiGateway::RestApi", "^id"),
        Tie("Is associated with WebACL", "AWS::WAFv2::WebACL", "webAclArn"),
    ),
)

SERVICE = Service("apigateway", (REST_API, STAGE))
