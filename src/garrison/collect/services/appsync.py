"""AWS AppSync: GraphQL APIs, with what they log and the web ACL before them."""

from __future__ import annotations

from garrison.collect.declaration import Call, Service, Type

API = Type(
    "AWS::AppSync::GraphQLApi",
    Call("ListGraphqlApis", "graphqlApis[]"),
    id="apiId",
    arn="arn",
    title="name",
    tags="tags",
    owner="owner",
    added={"Id": "apiId", "GraphQLUrl": "uris.GRAPHQL"},
    drop=("uris", "dns"),
)

SERVICE = Service("appsync", (API,))
