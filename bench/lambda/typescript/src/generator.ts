// The generator with the AWS SDK for JavaScript: one item in, one image in S3 out, with the same calls as ours.

import { BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { HeadBucketCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { requestHandler, s3 } from "./clients";
import { formatOf, keyOf, problemsOf, type Format, type Item } from "./item";
import { run, type Context } from "./runtime";
import { acquireLease, acquireSlot, releaseLease, stateBucket } from "./state";

const bedrock = new BedrockRuntimeClient({ requestHandler, maxAttempts: 1, region: process.env.BEDROCK_REGION || process.env.AWS_REGION });
const knownBuckets = new Set<string>();

function formatOfBytes(bytes: Buffer): Format | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (bytes.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))) return "png";
  if (bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP") return "webp";
  return undefined;
}

/** The stored image, if it is the one that the item asks for. */
async function existingImage(Bucket: string, Key: string, digest: string) {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    return head.Metadata?.["request-sha256"] === digest ? head : undefined;
  } catch (error: any) {
    if (error?.$metadata?.httpStatusCode !== 404) throw error;
  }
  if (!knownBuckets.has(Bucket)) await s3.send(new HeadBucketCommand({ Bucket }));
  knownBuckets.add(Bucket);
  return undefined;
}

async function invokeModel(item: Item, body: string, deadlineMs: number): Promise<any> {
  const left = deadlineMs - Date.now();
  const requestMetadata = JSON.stringify({ id: item.id, rank: item.rank });
  const command = new InvokeModelCommand({ modelId: item.model, contentType: "application/json", accept: "application/json", requestMetadata, body });
  const { body: answer } = await bedrock.send(command, { abortSignal: AbortSignal.timeout(left - Math.min(10_000, left / 4)) });
  return JSON.parse(Buffer.from(answer.buffer, answer.byteOffset, answer.byteLength).toString("latin1"));
}

async function handler(event: any, context: Context) {
  const item: Item = event.item ?? event;
  const problems = problemsOf(item);
  if (problems.length > 0) throw new Error(problems.join("; "));
  const bucket = item.inputBucketName;
  const key = keyOf(item);
  const format = formatOf(item.inputKeyName)!;
  const seed = item.seed ?? createHash("sha256").update(`${item.id}\0${item.rank}`).digest().readUInt32BE(0) % 4294967295;
  const body = JSON.stringify({ prompt: item.prompt, negative_prompt: item.negativePrompt, aspect_ratio: item.aspectRatio, seed, output_format: format });
  const digest = createHash("sha256").update(JSON.stringify([item.model, body, format])).digest("hex");
  const output = { id: item.id, rank: item.rank, bucketName: bucket, keyName: key, model: item.model, contentType: `image/${format}` };

  const existing = await existingImage(bucket, key, digest);
  if (existing) return { ...output, seed, bytes: existing.ContentLength, outcome: "existing" };
  const lease = stateBucket ? await acquireLease(bucket, key, digest, event.executionName, context.requestId, context.deadlineMs) : undefined;
  try {
    const existing = lease && (await existingImage(bucket, key, digest));
    if (existing) return { ...output, seed, bytes: existing.ContentLength, outcome: "existing" };
    if (lease && event.canWait) await acquireSlot(item.model);

    const started = Date.now();
    const answer = await invokeModel(item, body, context.deadlineMs);
    const latency = Date.now() - started;
    const reason = answer.finish_reasons?.find((reason: string | null) => reason !== null);
    if (reason) throw new Error(reason);
    const image = Buffer.from(answer.images?.[0] ?? "", "base64");
    // Ours converts; no image of the benchmark needs it.
    if (formatOfBytes(image) !== format) throw new Error(`the model's image is not ${format}`);
    const usedSeed = Number(answer.seeds?.[0] ?? seed);
    const Metadata = { "request-sha256": digest, seed: String(usedSeed), model: item.model, rank: encodeURIComponent(item.rank), id: encodeURIComponent(item.id) };
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: image, ContentType: `image/${format}`, Metadata }));

    console.log(JSON.stringify({ level: "INFO", executionName: event.executionName, ...output, bytes: image.length, outcome: "generated" }));
    const Metrics = [{ Name: "ImagesGenerated" }, { Name: "ImageBytes" }, { Name: "ModelLatency" }];
    const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "IdListImages", Dimensions: [["Model"]], Metrics }] };
    console.log(JSON.stringify({ _aws, Model: item.model, ImagesGenerated: 1, ImageBytes: image.length, ModelLatency: latency }));
    return { ...output, seed: usedSeed, bytes: image.length, outcome: "generated" };
  } finally {
    if (lease) await releaseLease(lease);
  }
}

run(handler);
