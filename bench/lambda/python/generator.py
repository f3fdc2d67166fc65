"""The generator with boto3: one item in, one image in S3 out."""

import base64
import hashlib
import json
import os
import time
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from item import format_of, key_of, problems_of
from order import claim, is_turn
from runtime import run

s3 = boto3.client("s3")

BEDROCK_KINDS = {
    "ThrottlingException": "ModelThrottled",
    "ModelNotReadyException": "ModelThrottled",
    "ServiceUnavailableException": "ModelThrottled",
    "ServiceQuotaExceededException": "ModelThrottled",
    "ModelTimeoutException": "ModelFailed",
    "ModelErrorException": "ModelFailed",
    "InternalServerException": "ModelFailed",
    "ResourceNotFoundException": "ModelNotAvailable",
    "AccessDeniedException": "AccessDenied",
    "ValidationException": "ModelRejected",
}

# A client keeps one time-out for all its calls: that of the function, less what storing takes.
bedrock = boto3.client(
    "bedrock-runtime",
    region_name=os.environ.get("BEDROCK_REGION"),
    config=Config(retries={"total_max_attempts": 1}, read_timeout=110),
)


class ItemError(Exception):
    def __init__(self, kind, item, message):
        item = item if isinstance(item, dict) else {}
        super().__init__(f"item {item.get('id')} of rank {item.get('rank')}: {message}")
        self.kind = kind


def status_of(error):
    return error.response["ResponseMetadata"]["HTTPStatusCode"] if isinstance(error, ClientError) else 0


def s3_error(item, operation, error):
    status = status_of(error)
    kind = "StorageFailed" if status == 0 or status >= 500 or status == 429 else "AccessDenied"
    return ItemError(kind, item, f"S3 {operation}: {error}")


def magic_format(image):
    if image.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if image[:4] == b"RIFF" and image[8:12] == b"WEBP" else None


def seed_of(item):
    digest = hashlib.sha256(f"{item['id']}\0{item['rank']}".encode()).digest()
    return item.get("seed", int.from_bytes(digest[:4]) % 4294967295)


def existing(item, key, digest):
    """The stored image, if it is the one that the digest stands for."""
    bucket = item["inputBucketName"]
    try:
        head = s3.head_object(Bucket=bucket, Key=key)
        return head if head["Metadata"].get("request-sha256") == digest else None
    except (BotoCoreError, ClientError) as error:
        if status_of(error) != 404:
            raise s3_error(item, "HeadObject", error) from error
    return None


def invoke_model(item, body, deadline_ms):
    if deadline_ms / 1000 - time.time() < 2:
        raise ItemError("ModelFailed", item, "no time is left for the model")
    try:
        answer = bedrock.invoke_model(modelId=item["model"], contentType="application/json", accept="application/json", body=body)
        return json.loads(answer["body"].read())
    except ClientError as error:
        raise ItemError(BEDROCK_KINDS.get(error.response["Error"]["Code"], "ModelFailed"), item, f"Bedrock: {error}") from error
    except (BotoCoreError, ValueError) as error:
        raise ItemError("ModelFailed", item, f"Bedrock: {error}") from error


def handler(event, deadline_ms):
    item = event.get("item", event)
    problems = problems_of(item)
    if problems:
        raise ItemError("InvalidItem", item, "; ".join(problems))
    key, image_format, seed = key_of(item), format_of(item["inputKeyName"]), seed_of(item)
    asked = {"prompt": item["prompt"], "seed": seed, "output_format": image_format}
    for field, name in (("negativePrompt", "negative_prompt"), ("aspectRatio", "aspect_ratio")):
        if field in item:
            asked[name] = item[field]
    body = json.dumps(asked)
    digest = hashlib.sha256(json.dumps([item["model"], body, image_format]).encode()).hexdigest()
    output = {
        "id": item["id"], "rank": item["rank"], "bucketName": item["inputBucketName"], "keyName": key, "model": item["model"],
        "contentType": f"image/{image_format}",
    }  # fmt: skip

    there = existing(item, key, digest)
    if there:
        return {**output, "seed": seed, "bytes": there["ContentLength"], "outcome": "existing"}

    if event.get("canWait") and "PACE_BUCKET_NAME" in os.environ:
        # Ours has the item come back; nothing in the benchmark has to wait.
        if not claim(s3, item["inputBucketName"], key, digest, event.get("executionName", ""), deadline_ms):
            raise ItemError("ModelThrottled", item, "another execution makes it")
        if not is_turn(s3, item["model"]):
            raise ItemError("ModelThrottled", item, "it is not its turn")

    started = time.monotonic()
    answer = invoke_model(item, body, deadline_ms)
    latency = (time.monotonic() - started) * 1000
    reason = next((reason for reason in answer.get("finish_reasons") or [] if reason), None)
    if reason:
        raise ItemError("ContentFiltered" if reason.startswith("Filter reason") else "ModelFailed", item, reason)
    if not answer.get("images"):
        raise ItemError("ModelFailed", item, "the model's answer holds no image")
    image = base64.b64decode(answer["images"][0])
    found = magic_format(image)
    # Ours converts; nothing in the benchmark has to be.
    if found != image_format:
        raise ItemError("ModelFailed", item, f"the model's image is {found or 'no image'}, not {image_format}")
    seed = int((answer.get("seeds") or [seed])[0])
    metadata = {"id": quote(item["id"]), "rank": quote(item["rank"]), "model": item["model"], "seed": str(seed), "request-sha256": digest}
    try:
        s3.put_object(Bucket=item["inputBucketName"], Key=key, Body=image, ContentType=f"image/{image_format}", Metadata=metadata)
    except (BotoCoreError, ClientError) as error:
        raise s3_error(item, "PutObject", error) from error
    output = {**output, "seed": seed, "bytes": len(image), "outcome": "generated"}
    print(json.dumps({"level": "INFO", "executionName": event.get("executionName"), **output}))
    names = [{"Name": "ImagesGenerated"}, {"Name": "ImageBytes"}, {"Name": "ModelLatency"}]
    directive = {"Namespace": "IdListImages", "Dimensions": [["Model"]], "Metrics": names}
    metrics = {"Model": item["model"], "ImagesGenerated": 1, "ImageBytes": len(image), "ModelLatency": latency}
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, **metrics}), flush=True)
    return output


run(handler)
