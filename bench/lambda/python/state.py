"""The lease of an image and the rate limit of a model: state objects that all functions share, changed by conditional writes."""

import hashlib
import json
import os
import time

from botocore.exceptions import ClientError

BUCKET = os.environ.get("STATE_BUCKET_NAME")
SECONDS_PER_IMAGE = 60 / float(os.environ.get("IMAGES_PER_MINUTE") or 60)
EXPIRY_MARGIN = 10
MAX_WAIT = 2
MAX_ATTEMPTS = 16


def write(s3, key, seen, value):
    """Writes a new version of an object; returns its entity tag, or None on a version conflict."""
    condition = {"IfMatch": seen} if seen else {"IfNoneMatch": "*"}
    try:
        return s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(value), ContentType="application/json", **condition)["ETag"]
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (409, 412):
            raise
        return None


def acquire_lease(s3, bucket, key, digest, execution_name, request_id, deadline_ms):
    """Acquires the lease of an image. Ours takes over an expired one; in the benchmark none is there."""
    hashed = hashlib.sha256()
    for part in (bucket, key, digest):
        hashed.update(f"{len(part)}:{part}".encode())
    lease_key = f"state/leases/{hashed.hexdigest()}.json"
    holder = {"executionName": execution_name, "requestId": request_id, "expiresAt": deadline_ms // 1000 + EXPIRY_MARGIN}
    e_tag = write(s3, lease_key, None, holder)
    if e_tag is None:
        raise RuntimeError("another invocation is making this image")
    return {"Bucket": BUCKET, "Key": lease_key, "IfMatch": e_tag}


def acquire_slot(s3, model):
    """Reserves a slot of the model on a virtual clock, and waits for it. Ours also learns the rate from throttled calls."""
    key = f"state/rate-limits/{model}.json"
    for _ in range(MAX_ATTEMPTS):
        slot, seen = time.time(), None
        try:
            found = s3.get_object(Bucket=BUCKET, Key=key)
            slot, seen = max(slot, json.loads(found["Body"].read())["next"]), found["ETag"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
        if write(s3, key, seen, {"next": slot + SECONDS_PER_IMAGE}) is None:
            continue
        wait = slot - time.time()
        if wait > MAX_WAIT:
            raise RuntimeError("the item has to wait for the quota of its model")
        time.sleep(max(wait, 0))
        return
    raise RuntimeError("the rate limit is written by too many others")
