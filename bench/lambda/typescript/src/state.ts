// The lease of an image and the rate limit of a model: state objects that all functions share, changed by conditional writes.

import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { s3 } from "./clients";

export const stateBucket = process.env.STATE_BUCKET_NAME;
const secondsPerImage = 60 / Number(process.env.IMAGES_PER_MINUTE || 60);
const EXPIRY_MARGIN_MS = 10_000;
const MAX_WAIT_SECONDS = 2;
const MAX_ATTEMPTS = 16;

export interface Lease {
  Bucket: string | undefined;
  Key: string;
  IfMatch: string | undefined;
}

/** Writes a new version of an object; returns its entity tag, or undefined on a version conflict. */
async function write(key: string, seen: string | undefined, value: unknown): Promise<string | undefined> {
  const condition = seen === undefined ? { IfNoneMatch: "*" } : { IfMatch: seen };
  try {
    const put = await s3.send(new PutObjectCommand({ Bucket: stateBucket, Key: key, Body: JSON.stringify(value), ContentType: "application/json", ...condition }));
    return put.ETag;
  } catch (error: any) {
    if ([409, 412].includes(error?.$metadata?.httpStatusCode)) return undefined;
    throw error;
  }
}

/** Acquires the lease of an image. Ours takes over an expired one; in the benchmark none is there. */
export async function acquireLease(bucket: string, key: string, digest: string, executionName: string, requestId: string, deadlineMs: number): Promise<Lease> {
  const hash = createHash("sha256");
  for (const part of [bucket, key, digest]) hash.update(`${part.length}:${part}`);
  const leaseKey = `state/leases/${hash.digest("hex")}.json`;
  const expiresAt = Math.floor((deadlineMs + EXPIRY_MARGIN_MS) / 1000);
  const eTag = await write(leaseKey, undefined, { executionName, requestId, expiresAt });
  if (eTag === undefined) throw new Error("another invocation is making this image");
  return { Bucket: stateBucket, Key: leaseKey, IfMatch: eTag };
}

export async function releaseLease(lease: Lease): Promise<void> {
  await s3.send(new DeleteObjectCommand(lease));
}

/** Reserves a slot of the model on a virtual clock, and waits for it. Ours also learns the rate from throttled calls. */
export async function acquireSlot(model: string): Promise<void> {
  const key = `state/rate-limits/${model}.json`;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    let slot = Date.now() / 1000;
    let seen: string | undefined;
    try {
      const object = await s3.send(new GetObjectCommand({ Bucket: stateBucket, Key: key }));
      seen = object.ETag;
      slot = Math.max(slot, JSON.parse(await object.Body!.transformToString()).next);
    } catch (error: any) {
      if (error?.name !== "NoSuchKey") throw error;
    }
    if ((await write(key, seen, { next: slot + secondsPerImage })) === undefined) continue;
    const wait = slot - Date.now() / 1000;
    if (wait > MAX_WAIT_SECONDS) throw new Error("the item has to wait for the quota of its model");
    if (wait > 0) await sleep(wait * 1000);
    return;
  }
  throw new Error("the rate limit is written by too many others");
}
