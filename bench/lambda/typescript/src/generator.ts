// The generator with the SDK for JavaScript: one item in, one image in S3 out.

import { BedrockRuntimeClient, InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { requestHandler, s3 } from "./clients";
import { formatOf, keyOf, problemsOf, type Format, type Item } from "./item";
import { claim, isTurn } from "./order";
import { run, type Context } from "./runtime";

const bedrock = new BedrockRuntimeClient({ requestHandler, maxAttempts: 1, region: process.env.BEDROCK_REGION ?? process.env.AWS_REGION });

class ItemError extends Error {
  constructor(name: string, item: any, message: string) {
    super(`item ${item?.id} of rank ${item?.rank}: ${message}`);
    this.name = name;
  }
}

const BEDROCK_KINDS: Record<string, string> = {
  ThrottlingException: "ModelThrottled",
  ModelNotReadyException: "ModelThrottled",
  ServiceUnavailableException: "ModelThrottled",
  ServiceQuotaExceededException: "ModelThrottled",
  ModelTimeoutException: "ModelFailed",
  ModelErrorException: "ModelFailed",
  InternalServerException: "ModelFailed",
  ResourceNotFoundException: "ModelNotAvailable",
  AccessDeniedException: "AccessDenied",
  ValidationException: "ModelRejected",
};

function s3Kind(error: any): string {
  const status = error?.$metadata?.httpStatusCode ?? 0;
  return status === 0 || status >= 500 || status === 429 ? "StorageFailed" : "AccessDenied";
}

function magicFormat(bytes: Buffer): Format | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return "jpeg";
  if (bytes.subarray(0, 8).equals(Buffer.from("\x89PNG\r\n\x1a\n", "latin1"))) return "png";
  if (bytes.toString("latin1", 0, 4) === "RIFF" && bytes.toString("latin1", 8, 12) === "WEBP") return "webp";
  return undefined;
}

function seedOf(item: Item): number {
  return item.seed ?? createHash("sha256").update(`${item.id}\0${item.rank}`).digest().readUInt32BE(0) % 4294967295;
}

/** The stored image, if it is the one that the digest stands for. */
async function existing(item: Item, key: string, digest: string) {
  try {
    const head = await s3.send(new HeadObjectCommand({ Bucket: item.inputBucketName, Key: key }));
    return head.Metadata?.["request-sha256"] === digest ? head : undefined;
  } catch (error: any) {
    if (error?.$metadata?.httpStatusCode !== 404) throw new ItemError(s3Kind(error), item, `S3 HeadObject: ${error.message}`);
  }
  return undefined;
}

async function invokeModel(item: Item, body: string, context: Context): Promise<any> {
  const left = context.deadlineMs - Date.now();
  const timeout = left - Math.min(10_000, left / 4);
  if (timeout < 1000) throw new ItemError("ModelFailed", item, "no time is left for the model");
  try {
    const command = new InvokeModelCommand({ modelId: item.model, contentType: "application/json", accept: "application/json", body });
    const answer = await bedrock.send(command, { abortSignal: AbortSignal.timeout(timeout) });
    return JSON.parse(Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength).toString("latin1"));
  } catch (error: any) {
    throw new ItemError(BEDROCK_KINDS[error?.name] ?? "ModelFailed", item, `Bedrock: ${error.message}`);
  }
}

async function handler(event: any, context: Context) {
  const item: Item = event.item ?? event;
  const problems = problemsOf(item);
  if (problems.length > 0) throw new ItemError("InvalidItem", item, problems.join("; "));
  const key = keyOf(item);
  const format = formatOf(item.inputKeyName)!;
  const seed = seedOf(item);
  const body = JSON.stringify({ prompt: item.prompt, negative_prompt: item.negativePrompt, aspect_ratio: item.aspectRatio, seed, output_format: format });
  const digest = createHash("sha256").update(JSON.stringify([item.model, body, format])).digest("hex");
  const output = { id: item.id, rank: item.rank, bucketName: item.inputBucketName, keyName: key, model: item.model, contentType: `image/${format}` };

  const there = await existing(item, key, digest);
  if (there) return { ...output, seed, bytes: there.ContentLength, outcome: "existing" };

  if (event.canWait && process.env.PACE_BUCKET_NAME) {
    // Ours has the item come back; nothing in the benchmark has to wait.
    if (!(await claim(item.inputBucketName, key, digest, event.executionName ?? "", context.deadlineMs))) throw new ItemError("ModelThrottled", item, "another execution makes it");
    if (!(await isTurn(item.model))) throw new ItemError("ModelThrottled", item, "it is not its turn");
  }
  const started = Date.now();
  const answer = await invokeModel(item, body, context);
  const latency = Date.now() - started;
  const reason = answer.finish_reasons?.find((reason: string | null) => reason !== null);
  if (reason) throw new ItemError(reason.startsWith("Filter reason") ? "ContentFiltered" : "ModelFailed", item, reason);
  if (!answer.images?.[0]) throw new ItemError("ModelFailed", item, "the model's answer holds no image");
  const image = Buffer.from(answer.images[0], "base64");
  const found = magicFormat(image);
  // Ours converts; nothing in the benchmark has to be.
  if (found !== format) throw new ItemError("ModelFailed", item, `the model's image is ${found ?? "no image"}, not ${format}`);
  const usedSeed = Number(answer.seeds?.[0] ?? seed);
  try {
    await s3.send(
      new PutObjectCommand({
        Bucket: item.inputBucketName,
        Key: key,
        Body: image,
        ContentType: `image/${format}`,
        Metadata: { id: encodeURIComponent(item.id), rank: encodeURIComponent(item.rank), model: item.model, seed: String(usedSeed), "request-sha256": digest },
      }),
    );
  } catch (error: any) {
    throw new ItemError(s3Kind(error), item, `S3 PutObject: ${error.message}`);
  }
  console.log(JSON.stringify({ level: "INFO", executionName: event.executionName, ...output, bytes: image.length, outcome: "generated" }));
  console.log(JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "IdListImages", Dimensions: [["Model"]], Metrics: [{ Name: "ImagesGenerated" }, { Name: "ImageBytes" }, { Name: "ModelLatency" }] }] }, Model: item.model, ImagesGenerated: 1, ImageBytes: image.length, ModelLatency: latency }));
  return { ...output, seed: usedSeed, bytes: image.length, outcome: "generated" };
}

run(handler);
