"""The trigger with boto3: an S3 event in, one execution for every good list started."""

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
MAX_ITEMS = int(os.environ.get("MAX_ITEMS_PER_LIST", 10_000))


def hash_of(bucket, key, version):
    digest = hashlib.sha256()
    for part in (bucket, key, version):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:32]


def checked(body):
    try:
        items = json.loads(body)
    except ValueError as error:
        return [f"broken JSON: {error}"]
    if not isinstance(items, list):
        return ["the list is not an array"]
    if not 1 <= len(items) <= MAX_ITEMS:
        return [f"the list has {len(items)} items; 1 to {MAX_ITEMS} are allowed"]
    problems, destinations = [], set()
    for index, item in enumerate(items):
        found = problems_of(item)
        problems += [f"item {index}: {problem}" for problem in found]
        if not found:
            destination = (item["inputBucketName"], key_of(item))
            if destination in destinations:
                problems.append(f"item {index}: the same destination as another item")
            destinations.add(destination)
    return problems


def drop(bucket, key, version):
    problems = checked(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    answer, digest = {"bucketName": bucket, "bucketKey": key}, hash_of(bucket, key, version)
    if problems:
        report_key = f"rejected/{key}.{digest}.json"
        report = json.dumps({**answer, "problems": problems[:100], "problemCount": len(problems)})
        s3.put_object(Bucket=os.environ["RESULT_BUCKET_NAME"], Key=report_key, ContentType="application/json", Body=report.encode())
        print(json.dumps({"level": "ERROR", "message": "the list is rejected", **answer, "reportKey": report_key}), flush=True)
        return {**answer, "outcome": "rejected", "reportKey": report_key}
    stem = re.sub(r"[^0-9A-Za-z_]+", "-", key.rpartition("/")[2].rpartition(".")[0]).strip("-")[:47]
    name = f"{stem or 'list'}-{digest}"
    try:
        started = sfn.start_execution(stateMachineArn=os.environ["STATE_MACHINE_ARN"], name=name, input=json.dumps(answer))
    except sfn.exceptions.ExecutionAlreadyExists:
        return {**answer, "outcome": "alreadyStarted", "executionName": name}
    print(json.dumps({"level": "INFO", "message": "execution started", **answer, "executionName": name}))
    directive = {"Namespace": "IdListImages", "Dimensions": [[]], "Metrics": [{"Name": "ListsStarted"}]}
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, "ListsStarted": 1}), flush=True)
    return {**answer, "outcome": "started", "executionName": name, "executionArn": started["executionArn"]}


def handler(event, _deadline_ms):
    if event.get("Event") == "s3:TestEvent":
        return {"lists": []}
    if not isinstance(event.get("Records"), list):
        raise ValueError("the event is no S3 event: it has no Records")
    lists, failure = [], None
    for record in event["Records"]:
        if not record["eventName"].startswith("ObjectCreated:"):
            continue
        item = record["s3"]["object"]
        version = item.get("versionId") or item.get("sequencer") or item.get("eTag") or ""
        bucket, key = record["s3"]["bucket"]["name"], unquote_plus(item["key"])
        try:
            lists.append(drop(bucket, key, version))
        except Exception as error:
            print(json.dumps({"level": "ERROR", "bucketName": bucket, "bucketKey": key, "message": str(error)}), flush=True)
            failure = failure or error
    if failure:
        raise failure
    return {"lists": lists}


run(handler)
