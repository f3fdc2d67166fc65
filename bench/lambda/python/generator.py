"""The generator with boto3: one item in, one image in S3 out, with the same calls as ours."""

import base64
import hashlib
import json
import os
import time
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import state
from item import format_of, key_of, problems_of
from runtime import run

s3 = boto3.client("s3")
# A client has one time-out for all its calls: that of the function, less what storing takes.
bedrock = boto3.client(
    "bedrock-runtime",
    region_name=os.environ.get("BEDROCK_REGION"),
    config=Config(retries={"total_max_attempts": 1}, read_timeout=170),
)
known_buckets = set()


def format_of_bytes(image):
    if image.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if image[:4] == b"RIFF" and image[8:12] == b"WEBP" else None


def existing_image(bucket, key, digest):
    """The stored image, if it is the one that the item asks for."""
    try:
        head = s3.head_object(Bucket=bucket, Key=key)
        return head if head["Metadata"].get("request-sha256") == digest else None
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise
    if bucket not in known_buckets:
        s3.head_bucket(Bucket=bucket)
        known_buckets.add(bucket)
    return None


def generate(event, item, body, digest, output):
    """Calls the model and stores what it made."""
    started = time.monotonic()
    metadata = json.dumps({"id": item["id"], "rank": item["rank"]})
    kind = "application/json"
    answer = bedrock.invoke_model(modelId=item["model"], contentType=kind, accept=kind, requestMetadata=metadata, body=body)
    answer = json.loads(answer["body"].read())
    latency = (time.monotonic() - started) * 1000
    reason = next((reason for reason in answer.get("finish_reasons") or [] if reason), None)
    if reason:
        raise RuntimeError(reason)
    image = base64.b64decode(answer["images"][0])
    # Ours converts; no image of the benchmark needs it.
    if f"image/{format_of_bytes(image)}" != output["contentType"]:
        raise RuntimeError(f"the model's image is not {output['contentType']}")
    seed = int((answer.get("seeds") or [output["seed"]])[0])
    metadata = {"request-sha256": digest, "seed": str(seed), "model": item["model"], "rank": quote(item["rank"]), "id": quote(item["id"])}
    s3.put_object(
        Bucket=output["bucketName"], Key=output["keyName"], Body=image, ContentType=output["contentType"], Metadata=metadata
    )
    output = {**output, "seed": seed, "bytes": len(image), "outcome": "generated"}
    print(json.dumps({"level": "INFO", "executionName": event.get("executionName"), **output}))
    names = [{"Name": "ImagesGenerated"}, {"Name": "ImageBytes"}, {"Name": "ModelLatency"}]
    directive = {"Namespace": "IdListImages", "Dimensions": [["Model"]], "Metrics": names}
    metrics = {"Model": item["model"], "ImagesGenerated": 1, "ImageBytes": len(image), "ModelLatency": latency}
    print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, **metrics}), flush=True)
    return output


def handler(event, request_id, deadline_ms):
    item = event.get("item", event)
    problems = problems_of(item)
    if problems:
        raise ValueError("; ".join(problems))
    bucket, key, image_format = item["inputBucketName"], key_of(item), format_of(item["inputKeyName"])
    seed = hashlib.sha256(f"{item['id']}\0{item['rank']}".encode()).digest()
    seed = item.get("seed", int.from_bytes(seed[:4]) % 4294967295)
    asked = {"prompt": item["prompt"], "seed": seed, "output_format": image_format}
    for field, name in (("negativePrompt", "negative_prompt"), ("aspectRatio", "aspect_ratio")):
        if field in item:
            asked[name] = item[field]
    body = json.dumps(asked)
    digest = hashlib.sha256(json.dumps([item["model"], body, image_format]).encode()).hexdigest()
    output = {
        "id": item["id"], "rank": item["rank"], "bucketName": bucket, "keyName": key, "model": item["model"], "seed": seed,
        "contentType": f"image/{image_format}",
    }  # fmt: skip

    existing = existing_image(bucket, key, digest)
    if existing:
        return {**output, "bytes": existing["ContentLength"], "outcome": "existing"}
    if not state.BUCKET:
        return generate(event, item, body, digest, output)
    lease = state.acquire_lease(s3, bucket, key, digest, event.get("executionName"), request_id, deadline_ms)
    try:
        existing = existing_image(bucket, key, digest)
        if existing:
            return {**output, "bytes": existing["ContentLength"], "outcome": "existing"}
        if event.get("canWait"):
            state.acquire_slot(s3, item["model"])
        return generate(event, item, body, digest, output)
    finally:
        s3.delete_object(**lease)


run(handler)
