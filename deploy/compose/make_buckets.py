"""Make both buckets of the S3 stand-in, if they are missing; the public one is open below images/, as behind a CDN."""

import json
import os
from contextlib import suppress

import boto3

s3 = boto3.client("s3", endpoint_url=os.environ["STORAGE_ENDPOINT"], region_name="us-east-1")
public = os.environ["STORAGE_BUCKET"]
for bucket in (public, os.environ["PRIVATE_BUCKET"]):
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=bucket)
READ_IMAGES = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:GetObject",
    "Resource": f"arn:aws:s3:::{public}/images/*",
}
s3.put_bucket_policy(Bucket=public, Policy=json.dumps({"Version": "2012-10-17", "Statement": [READ_IMAGES]}))
