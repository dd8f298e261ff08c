"""S3's errors in its own words (S3 API Reference, "Error responses")."""

from __future__ import annotations

from garrison.errors import ApiError


def no_such_bucket(name: str) -> ApiError:
    """There is no bucket of this name."""
    return ApiError("NoSuchBucket", "The specified bucket does not exist", status=404, members={"BucketName": name})


def no_such_key(key: str) -> ApiError:
    """There is no object of this key."""
    return ApiError("NoSuchKey", "The specified key does not exist.", status=404, members={"Key": key})


def no_such_version(key: str, version_id: str) -> ApiError:
    """There is no version of this id."""
    return ApiError(
        "NoSuchVersion",
        "The specified version does not exist.",
        status=404,
        members={"Key": key, "VersionId": version_id},
    )


def invalid_argument(message: str, name: str, value: str) -> ApiError:
    """A parameter that means nothing."""
    return ApiError(
        "InvalidArgument", message, status=400, members={"ArgumentName": name, "ArgumentValue": value[:256]}
    )


def invalid_request(message: str) -> ApiError:
    """Parameters that do not fit together."""
    return ApiError("InvalidRequest", message, status=400)


def access_denied(message: str = "Access Denied") -> ApiError:
    """Refused by what protects the resource itself."""
    return ApiError("AccessDenied", message, status=403)


def not_implemented(what: str) -> ApiError:
    """A header that asks for what is not built: S3's own answer to such."""
    return ApiError(
        "NotImplemented",
        f"A header you provided implies functionality that is not implemented: {what}.",
        status=501,
    )


def precondition_failed(condition: str) -> ApiError:
    """A condition of the request does not hold."""
    return ApiError(
        "PreconditionFailed",
        "At least one of the pre-conditions you specified did not hold",
        status=412,
        members={"Condition": condition},
    )


def malformed_xml() -> ApiError:
    """A body that says what the schema does not allow."""
    return ApiError(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
        status=400,
    )
