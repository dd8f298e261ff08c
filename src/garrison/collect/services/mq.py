"""Amazon MQ: brokers, and what they log."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Service, Tie, Type

BROKER = Type(
    "AWS::AmazonMQ::Broker",
    Call("DescribeBroker", params={"BrokerId": At("BrokerId")}, each=Call("ListBrokers", "BrokerSummaries[]")),
    id="BrokerId",
    arn="BrokerArn",
    title="BrokerName",
    tags="Tags",
    created="Created",
    rename={"BrokerId": "Id", "BrokerArn": "Arn"},
    ties=(
        Tie("Is contained in Subnet", "AWS::EC2::Subnet", "SubnetIds[]"),
        Tie("Is associated with SecurityGroup", "AWS::EC2::SecurityGroup", "SecurityGroups[]"),
    ),
)

SERVICE = Service("mq", (BROKER,))
