"""The trigger with boto3: an S3 event in, one execution per good list started, with the same calls as ours."""

import hashlib
import json
import os
import re
import time
from urllib.parse import unquote_plus

import boto3

from item import key_of, problems_of
from runtime import run

s3 = boto3.client("s3")
sfn = boto3.client("stepfunctions")
MAX_ITEMS = int(os.environ.get("MAX_ITEMS_PER_LIST") or 10_000)


def execution_name(bucket, key, version):
    digest = hashlib.sha256()
    for part in (bucket, key, version):
        digest.update(f"{len(part)}:{part}".encode())
    stem = re.sub(r"[^0-9A-Za-z_]+", "-", key.rpartition("/")[2].rpartition(".")[0]).strip("-")[:47]
    return f"{stem or 'list'}-{digest.hexdigest()[:32]}"


def check(body):
    """Fails with the problems of a list. Ours stores a report; the lists of the benchmark are good."""
    items = json.loads(body)
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_ITEMS:
        raise ValueError(f"the list is not an array of 1 to {MAX_ITEMS} items")
    problems, destinations = [], set()
    for index, item in enumerate(items):
        found = problems_of(item)
        problems += [f"item {index}: {problem}" for problem in found]
        if not found:
            destination = (item["inputBucketName"], key_of(item))
            if destination in destinations:
                problems.append(f"item {index}: the same destination as another item")
            destinations.add(destination)
    if problems:
        raise ValueError("; ".join(problems[:100]))


def start(bucket, key, version_id, other_version):
    version = {"VersionId": version_id} if version_id else {}
    found = s3.get_object(Bucket=bucket, Key=key, **version)
    check(found["Body"].read())
    answer, name = {"bucketName": bucket, "bucketKey": key}, execution_name(bucket, key, version_id or other_version)
    execution_input = json.dumps({**answer, "versionId": found.get("VersionId") or version_id or "null"})
    started = sfn.start_execution(stateMachineArn=os.environ["STATE_MACHINE_ARN"], name=name, input=execution_input)
    print(json.dumps({"level": "INFO", "message": "execution started", **answer, "executionName": name}))
    directive = {"Namespace": "IdListImages", "Dimensions": [[]], "Metrics": [{"Name": "ListsStarted"}]}
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, "ListsStarted": 1}), flush=True)
    return {**answer, "outcome": "started", "executionName": name, "executionArn": started["executionArn"]}


def handler(event, _request_id, _deadline_ms):
    lists = []
    for record in event["Records"]:
        if record["eventName"].startswith("ObjectCreated:"):
            created = record["s3"]["object"]
            other_version = created.get("sequencer") or created.get("eTag") or ""
            lists.append(start(record["s3"]["bucket"]["name"], unquote_plus(created["key"]), created.get("versionId"), other_version))
    return {"lists": lists}


run(handler)
