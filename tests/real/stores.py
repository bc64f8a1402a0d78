#!/usr/bin/python3
"""Makes a bucket on the real S3 server; prints the URL of an item store with a table prefix of its own, and that of
an object store in the bucket."""
import os
import uuid

import boto3
from botocore.config import Config

s3, dynamodb = os.environ["SPILLWAY_TEST_S3"], os.environ["SPILLWAY_TEST_DYNAMODB"]
bucket = "wire-" + uuid.uuid4().hex
boto3.client("s3", endpoint_url=s3, config=Config(s3={"addressing_style": "path"})).create_bucket(Bucket=bucket)
print(f"dynamodb://us-east-1?endpoint={dynamodb}&prefix={bucket[5:17]}-")
print(f"s3://{bucket}/data?endpoint={s3}&region=us-east-1&style=path")
