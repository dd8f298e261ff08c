// The digests and log files of a trail, as they lie in its bucket.
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { Trail } from "@aws-sdk/client-cloudtrail";
import { dayBefore } from "./days";

export interface Stored {
  bytes: Uint8Array;
  signature: string | undefined;
}

/** Inflated files have no more bytes than this. */
const MOST_BYTES = 256 * 1024 * 1024;

async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const reader = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > MOST_BYTES) throw new Error("The file is too large.");
    parts.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** An object, inflated. */
export async function fetchObject(s3: S3Client, bucket: string, key: string, abortSignal: AbortSignal): Promise<Stored> {
  const answer = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
  const bytes = await answer.Body?.transformToByteArray();
  return { bytes: await inflated(bytes ?? new Uint8Array()), signature: answer.Metadata?.["signature"] };
}

async function list(s3: S3Client, bucket: string, prefix: string, abortSignal: AbortSignal, delimiter?: string) {
  const keys: string[] = [];
  const folders: string[] = [];
  let token: string | undefined;
  do {
    const answer = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, Delimiter: delimiter, ContinuationToken: token }), { abortSignal });
    keys.push(...(answer.Contents ?? []).flatMap(({ Key }) => (Key ? [Key] : [])));
    folders.push(...(answer.CommonPrefixes ?? []).flatMap(({ Prefix }) => (Prefix ? [Prefix] : [])));
    token = answer.NextContinuationToken;
  } while (token);
  return { keys, folders };
}

/** The keys of a trail's digests of the last days, in the order of their ends, region by region. */
export async function digestKeys(s3: S3Client, trail: Trail, account: string, days: number, signal: AbortSignal): Promise<string[][]> {
  const bucket = trail.S3BucketName ?? "";
  const root = `${trail.S3KeyPrefix ? `${trail.S3KeyPrefix}/` : ""}AWSLogs/${account}/CloudTrail-Digest/`;
  const { folders } = await list(s3, bucket, root, signal, "/");
  const named = `_${trail.Name ?? ""}_${trail.HomeRegion ?? ""}_`;
  const chains: string[][] = [];
  for (const folder of folders) {
    const chain: string[] = [];
    for (let back = days; back >= 0; back--) {
      const day = dayBefore(back).replaceAll("-", "/");
      chain.push(...(await list(s3, bucket, `${folder}${day}/`, signal)).keys.filter((key) => key.includes(named)));
    }
    if (chain.length > 0) chains.push(chain.sort());
  }
  return chains;
}
