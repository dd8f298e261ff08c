"""The S3 service object that the operations' modules register with."""

from garrison.services.registry import Service

service = Service("s3", recorded_names={"Bucket": "bucketName", "Policy": "bucketPolicy"})
