"""Amazon API Gateway: HTTP and WebSocket APIs and their stages."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

_APIS = Call("GetApis", "Items[]")

API = Type(
    "AWS::ApiGatewayV2::Api",
    _APIS,
    id="ApiId",
    arn="arn:{partition}:apigateway:{region}::/apis/{ApiId}",
    title="Name",
    tags="Tags",
    created="CreatedDate",
)
STAGE = Type(
    "AWS::ApiGatewayV2::Stage",
    Call("GetStages", "Items[]", params={"ApiId": At("ApiId")}, each=_APIS),
    id="arn:{partition}:apigateway:{region}::/apis/{^ApiId}/stages/{StageName}",
    arn="arn:{partition}:apigateway:{region}::/apis/{^ApiId}/stages/{StageName}",
    title="StageName",
    tags="Tags",
    created="CreatedDate",
    secrets=("StageVariables{}",),
    ties=(Tie("Is contained in Api", "AWS::ApiGatewayV2::Api", "^ApiId"),),
)

SERVICE = Service("apigatewayv2", (API, STAGE))
