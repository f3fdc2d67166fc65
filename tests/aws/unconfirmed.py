"""Questions about AWS that its documentation leaves open, and what an account answers. None of them costs anything."""

import json

BEDROCK_REGION = "us-west-2"
RETIRED = "stability.stable-diffusion-xl-v0"
MODELS = ("stability.stable-image-core-v1:1", "stability.stable-image-ultra-v1:1", "stability.sd3-5-large-v1:0", RETIRED)


def questions(run):
    """What is asked, and the function that asks it. `run` is the acceptance run."""
    bedrock = run.client("bedrock", BEDROCK_REGION)
    for model in MODELS:
        yield f"life cycle of {model}", lambda m=model: bedrock.get_foundation_model(modelIdentifier=m)["modelDetails"]["modelLifecycle"]
        yield f"access to {model}", lambda m=model: bedrock.get_foundation_model_availability(modelId=m)["agreementAvailability"]
        yield f"price of {model}", lambda m=model: rates(bedrock.list_foundation_model_agreement_offers(modelId=m))
        yield f"milliseconds of {model}", lambda m=model: latencies(run.log(), m)
    yield "quotas of image models", lambda: quotas(run.client("service-quotas", BEDROCK_REGION))
    # Not the form of its request either, so that it costs nothing if it is served after all.
    retired = {"modelId": RETIRED, "body": json.dumps({"prompt": "a red square"})}
    yield f"a call of {RETIRED}", lambda: run.client("bedrock-runtime", BEDROCK_REGION).invoke_model(**retired)["ResponseMetadata"]
    item = json.dumps(run.pictures[:1])
    yield "a list with a byte order mark", lambda: ended(run, "byte order mark", "\ufeff" + item)
    yield "a list that is cut off", lambda: ended(run, "cut off", item[:-1] + ", {")
    yield "whether s3:TestEvent reaches the trigger", lambda: "s3:TestEvent" in run.log()


def rates(answer):
    return [offer["termDetails"]["usageBasedPricingTerm"]["rateCard"] for offer in answer["offers"]]


def latencies(log, model):
    return [json.loads(line)["ModelLatency"] for line in log.splitlines() if '"ModelLatency"' in line and model in line]


def quotas(client):
    pages = client.get_paginator("list_service_quotas").paginate(ServiceCode="bedrock")
    return {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"] if "Stab" in quota["QuotaName"]}


def ended(run, key, body):
    """How an execution ends for a list that the trigger rejects; the key is not a list's, so that no event starts it."""
    run.put(key, body.encode())
    execution = run.ended(run.start({"bucketName": run.lists, "bucketKey": key}))
    return {name: execution.get(name) for name in ("status", "error", "cause")}
