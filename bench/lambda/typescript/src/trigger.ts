// The trigger with the SDK for JavaScript: an S3 event in, one execution for every good list started.

import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ExecutionAlreadyExists, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { createHash } from "node:crypto";
import { requestHandler, s3 } from "./clients";
import { keyOf, problemsOf } from "./item";
import { run } from "./runtime";

const sfn = new SFNClient({ requestHandler });
const maxItems = Number(process.env.MAX_ITEMS_PER_LIST ?? 10000);

interface List {
  bucket: string;
  key: string;
  version: string;
}

function hashOf(list: List): string {
  const hash = createHash("sha256");
  for (const part of [list.bucket, list.key, list.version]) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}

function executionName(list: List): string {
  const file = list.key.slice(list.key.lastIndexOf("/") + 1);
  const stem = file.replace(/\.[^.]*$/, "").replace(/[^0-9A-Za-z_]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 47);
  return `${stem || "list"}-${hashOf(list)}`;
}

function checked(text: string): string[] {
  let items: any;
  try {
    items = JSON.parse(text);
  } catch (error: any) {
    return [`broken JSON: ${error.message}`];
  }
  if (!Array.isArray(items)) return ["the list is not an array"];
  if (items.length === 0) return ["the list is empty"];
  if (items.length > maxItems) return [`the list has ${items.length} items, at most ${maxItems} are allowed`];
  const problems: string[] = [];
  const destinations = new Set<string>();
  items.forEach((item, index) => {
    problems.push(...problemsOf(item).map((problem) => `item ${index}: ${problem}`));
    const destination = `${item?.inputBucketName}/${keyOf(item ?? {})}`;
    if (destinations.has(destination)) problems.push(`item ${index}: the same destination as another item`);
    destinations.add(destination);
  });
  return problems;
}

async function drop(list: List) {
  const object = await s3.send(new GetObjectCommand({ Bucket: list.bucket, Key: list.key }));
  const problems = checked(await object.Body!.transformToString());
  const answer = { bucketName: list.bucket, bucketKey: list.key };
  if (problems.length > 0) {
    const reportKey = `rejected/${list.key}.${hashOf(list)}.json`;
    const report = JSON.stringify({ ...answer, problems: problems.slice(0, 100), problemCount: problems.length });
    await s3.send(new PutObjectCommand({ Bucket: process.env.RESULT_BUCKET_NAME, Key: reportKey, ContentType: "application/json", Body: report }));
    console.log(JSON.stringify({ level: "ERROR", message: "the list is rejected", ...answer, reportKey }));
    return { ...answer, outcome: "rejected", reportKey };
  }
  const name = executionName(list);
  try {
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn: process.env.STATE_MACHINE_ARN, name, input: JSON.stringify(answer) }));
    console.log(JSON.stringify({ level: "INFO", message: "execution started", ...answer, executionName: name }));
    console.log(JSON.stringify({ _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "IdListImages", Dimensions: [[]], Metrics: [{ Name: "ListsStarted" }] }] }, ListsStarted: 1 }));
    return { ...answer, outcome: "started", executionName: name, executionArn: started.executionArn };
  } catch (error) {
    if (error instanceof ExecutionAlreadyExists) return { ...answer, outcome: "alreadyStarted", executionName: name };
    throw error;
  }
}

async function handler(event: any) {
  if (event.Event === "s3:TestEvent") return { lists: [] };
  if (!Array.isArray(event.Records)) throw new Error("the event is no S3 event: it has no Records");
  const lists: unknown[] = [];
  let failure: unknown;
  for (const record of event.Records) {
    if (!record.eventName?.startsWith("ObjectCreated:")) continue;
    const { key, versionId, sequencer, eTag } = record.s3.object;
    const list = { bucket: record.s3.bucket.name, key: decodeURIComponent(key.replaceAll("+", " ")), version: versionId ?? sequencer ?? eTag ?? "" };
    try {
      lists.push(await drop(list));
    } catch (error: any) {
      console.log(JSON.stringify({ level: "ERROR", bucketName: list.bucket, bucketKey: list.key, message: String(error?.message) }));
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return { lists };
}

run(handler);
