"""The rules of an item, for both functions."""

import re
import unicodedata

MODELS = {
    "stability.stable-image-core-v1:1": 4294967295,
    "stability.stable-image-ultra-v1:1": 4294967295,
    "stability.sd3-5-large-v1:0": 4294967294,
}
ASPECT_RATIOS = {"16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"}
BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
EXTENSION = re.compile(r"\.(jpe?g|png|webp)$", re.IGNORECASE)


def format_of(file):
    """The format that the extension of a file name stands for."""
    match = EXTENSION.search(file)
    return match and {"jpg": "jpeg"}.get(match[1].lower(), match[1].lower())


def key_of(item):
    return f"{item['rank']}/{item['id']}/{item['inputKeyName']}"


def problems_of(item):
    """The problems of an item."""
    if not isinstance(item, dict):
        return ["it is not an object"]
    fields = ("id", "rank", "inputBucketName", "inputKeyName", "model", "prompt")
    problems = [f"{field} is missing or not a string" for field in fields if not isinstance(item.get(field), str)]
    if problems:
        return problems
    for field in ("id", "rank"):
        text = item[field]
        if not 1 <= len(text) <= 128 or "/" in text or text in (".", "..") or any(unicodedata.category(c) == "Cc" for c in text):
            problems.append(f"{field} cannot be part of a key")
    if not BUCKET_NAME.fullmatch(item["inputBucketName"]):
        problems.append("inputBucketName is not a bucket name")
    if not format_of(item["inputKeyName"]):
        problems.append("inputKeyName is not the file name of an image")
    if item["model"] not in MODELS:
        problems.append(f"model {item['model']} is unknown")
    if not item["prompt"].strip() or len(item["prompt"]) > 10_000:
        problems.append("prompt is blank or too long")
    negative = item.get("negativePrompt", "")
    if not isinstance(negative, str) or len(negative) > 10_000:
        problems.append("negativePrompt is not text or too long")
    if item.get("aspectRatio", "1:1") not in ASPECT_RATIOS:
        problems.append("aspectRatio is not one that the model takes")
    seed = item.get("seed", 0)
    if not isinstance(seed, int) or not 0 <= seed <= MODELS.get(item["model"], 0):
        problems.append("seed is out of range")
    if len(key_of(item).encode()) > 1024:
        problems.append("the key of the image is too long")
    return problems
