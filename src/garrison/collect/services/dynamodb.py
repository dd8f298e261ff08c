"""Amazon DynamoDB: tables, with whether they can be restored to a point in time."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Place, Service, Type

_TABLES = Call("ListTables", "TableNames[]")

TABLE = Type(
    "AWS::DynamoDB::Table",
    Call("DescribeTable", "Table", params={"TableName": At(".")}, each=_TABLES),
    id="TableName",
    arn="TableArn",
    title="TableName",
    created="CreationDateTime",
    parts=(
        Part(
            "ContinuousBackupsDescription",
            Call("DescribeContinuousBackups", params={"TableName": At("TableName")}),
            "ContinuousBackupsDescription",
        ),
        Part("", Call("ListTagsOfResource", params={"ResourceArn": At("TableArn")}), "Tags", into=Place.TAGS),
    ),
)

SERVICE = Service("dynamodb", (TABLE,))
