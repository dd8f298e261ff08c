"""AWS Transfer Family: servers with the protocols that they speak."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

SERVER = Type(
    "AWS::Transfer::Server",
    Call("DescribeServer", "Server", params={"ServerId": At("ServerId")}, each=Call("ListServers", "Servers[]")),
    id="ServerId",
    arn="Arn",
    tags="Tags",
    ties=(
        Tie("Is associated with Role", "AWS::IAM::Role", "LoggingRole"),
        Tie("Is associated with Certificate", "AWS::ACM::Certificate", "Certificate"),
    ),
)

SERVICE = Service("transfer", (SERVER,))
