"""Commands of one line each for boto3's Glacier client, and what became of them: one line of JSON for each."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.utils import calculate_tree_hash
from io import BytesIO

endpoint, key, secret = sys.argv[1:]
glacier = boto3.client(
    "glacier",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id=key,
    aws_secret_access_key=secret,
    config=Config(retries={"max_attempts": 1}),
)


def content(size):
    return bytes(index % 251 for index in range(size))


def prepared(arguments):
    """`{"bytes": n}` stands for a body of n bytes, which is not fit for JSON."""
    return {
        name: content(value["bytes"]) if isinstance(value, dict) and "bytes" in value else value
        for name, value in arguments.items()
    }


def outcome(operation, arguments):
    try:
        answer = getattr(glacier, operation)(accountId="-", **prepared(arguments))
    except ClientError as error:
        details = error.response["Error"]
        return {"error": details["Code"], "status": error.response["ResponseMetadata"]["HTTPStatusCode"]}
    answer.pop("ResponseMetadata")
    if "body" in answer:
        body = answer["body"].read()
        answer["body"] = len(body)
        answer["computed"] = calculate_tree_hash(BytesIO(body))
        if answer.get("contentType") == "application/json":
            answer["document"] = json.loads(body)
    return answer


for line in sys.stdin:
    operation, arguments = json.loads(line)
    print(json.dumps(outcome(operation, arguments)), flush=True)
