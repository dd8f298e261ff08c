"""AWS Secrets Manager: what is known about secrets; never their values."""

from __future__ import annotations

from garrison.collect.declaration import At, Call, Part, Service, Tie, Type

SECRET = Type(
    "AWS::SecretsManager::Secret",
    Call("ListSecrets", "SecretList[]"),
    id="ARN",
    arn="ARN",
    title="Name",
    tags="Tags",
    created="CreatedDate",
    ties=(
        Tie("Is associated with Key", "AWS::KMS::Key", "KmsKeyId"),
        Tie("Is associated with Function", "AWS::Lambda::Function", "RotationLambdaARN"),
    ),
    parts=(Part("ResourcePolicy", Call("GetResourcePolicy", params={"SecretId": At("ARN")}), "ResourcePolicy"),),
)

SERVICE = Service("secretsmanager", (SECRET,))
