// The rules of an item, for both functions.

export interface Item {
  id: string;
  rank: string;
  inputBucketName: string;
  inputKeyName: string;
  model: string;
  prompt: string;
  negativePrompt?: string;
  aspectRatio?: string;
  seed?: number;
}

export type Format = "jpeg" | "png" | "webp";

const MODELS: Record<string, { maxSeed: number; formats: Format[] }> = {
  "stability.stable-image-core-v1:1": { maxSeed: 4294967295, formats: ["jpeg", "png"] },
  "stability.stable-image-ultra-v1:1": { maxSeed: 4294967295, formats: ["jpeg", "png"] },
  "stability.sd3-5-large-v1:0": { maxSeed: 4294967294, formats: ["jpeg", "png", "webp"] },
};
const ASPECT_RATIOS = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];
const BUCKET_NAME = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** The format that the extension of a file name stands for. */
export function formatOf(file: string): Format | undefined {
  const extension = /\.(jpe?g|png|webp)$/i.exec(file)?.[1]?.toLowerCase();
  return extension === "jpg" ? "jpeg" : (extension as Format | undefined);
}

/** The problems of an item. */
export function problemsOf(value: any): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return ["it is not an object"];
  const problems: string[] = [];
  for (const field of ["id", "rank", "inputBucketName", "inputKeyName", "model", "prompt"]) {
    if (typeof value[field] !== "string") problems.push(`${field} is missing or not a string`);
  }
  if (problems.length > 0) return problems;
  for (const field of ["id", "rank"]) {
    const text: string = value[field];
    const length = [...text].length;
    if (length < 1 || length > 128 || /[\/\p{Cc}]/u.test(text) || text === "." || text === "..") problems.push(`${field} cannot be part of a key`);
  }
  if (!BUCKET_NAME.test(value.inputBucketName)) problems.push("inputBucketName is not a bucket name");
  if (!formatOf(value.inputKeyName)) problems.push("inputKeyName is not the file name of an image");
  const model = MODELS[value.model];
  if (!model) problems.push(`model ${value.model} is unknown`);
  if (value.prompt.trim() === "" || [...value.prompt].length > 10000) problems.push("prompt is blank or too long");
  if (value.negativePrompt !== undefined && (typeof value.negativePrompt !== "string" || [...value.negativePrompt].length > 10000)) problems.push("negativePrompt is not text or too long");
  if (value.aspectRatio !== undefined && !ASPECT_RATIOS.includes(value.aspectRatio)) problems.push("aspectRatio is not one that the model takes");
  if (value.seed !== undefined && !(Number.isInteger(value.seed) && value.seed >= 0 && value.seed <= (model?.maxSeed ?? 0))) problems.push("seed is out of range");
  if (Buffer.byteLength(keyOf(value)) > 1024) problems.push("the key of the image is too long");
  return problems;
}

export function keyOf(item: Item): string {
  return `${item.rank}/${item.id}/${item.inputKeyName}`;
}
