// Prove that nobody changed a trail's files: hashes, signatures and the chain of digests, checked by the browser and not by the server.
// Source: CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation".
import { type CloudTrailClient, ListPublicKeysCommand, type Trail } from "@aws-sdk/client-cloudtrail";
import type { S3Client } from "@aws-sdk/client-s3";
import { failureOf, isAbort } from "@/session";
import { digestKeys, fetchObject } from "./objects";
import { importKey, isSigned, sha256Hex } from "./signatures";

export type Fault = "changed" | "removed" | "badSignature" | "unknownKey" | "broken" | "unreadable";

export interface Problem {
  key: string;
  fault: Fault;
}

export interface Proof {
  digests: number;
  files: number;
  problems: Problem[];
}

interface DigestBody {
  digestEndTime: string;
  digestS3Bucket: string;
  digestS3Object: string;
  digestPublicKeyFingerprint: string;
  previousDigestHashValue: string | null;
  previousDigestSignature: string | null;
  previousDigestS3Object: string | null;
  logFiles: { s3Bucket: string; s3Object: string; hashValue: string }[];
}

interface Verifying {
  s3: S3Client;
  keys: Map<string, CryptoKey>;
  signal: AbortSignal;
  proof: Proof;
  tell: (proof: Proof) => void;
}

async function publicKeys(client: CloudTrailClient, signal: AbortSignal): Promise<Map<string, CryptoKey>> {
  const found = new Map<string, CryptoKey>();
  let token: string | undefined;
  do {
    const answer = await client.send(new ListPublicKeysCommand({ StartTime: new Date(0), NextToken: token }), { abortSignal: signal });
    for (const { Fingerprint, Value } of answer.PublicKeyList ?? []) if (Fingerprint && Value) found.set(Fingerprint, await importKey(Value));
    token = answer.NextToken;
  } while (token);
  return found;
}

/** Check the digests of the last days with all files that they name; `tell` hears how far it is. */
export async function verifyTrail(
  clients: { cloudtrail: CloudTrailClient; s3: S3Client },
  asked: { trail: Trail; account: string; days: number },
  signal: AbortSignal,
  tell: (proof: Proof) => void,
): Promise<Proof> {
  const proof: Proof = { digests: 0, files: 0, problems: [] };
  const verifying = { s3: clients.s3, keys: await publicKeys(clients.cloudtrail, signal), signal, proof, tell };
  for (const chain of await digestKeys(clients.s3, asked.trail, asked.account, asked.days, signal)) await verifyChain(verifying, asked.trail.S3BucketName ?? "", chain);
  return proof;
}

async function verifyChain(verifying: Verifying, bucket: string, chain: string[]): Promise<void> {
  const { proof, tell } = verifying;
  let before: { key: string; hash: string } | undefined;
  for (const key of chain) {
    const hash = await verifyDigest(verifying, bucket, key, before);
    proof.digests += 1;
    before = hash === undefined ? undefined : { key, hash };
    tell({ ...proof, problems: [...proof.problems] });
  }
}

/** Check one digest and its files; gives the digest's hash where it could be read. */
async function verifyDigest(verifying: Verifying, bucket: string, key: string, before: { key: string; hash: string } | undefined): Promise<string | undefined> {
  const { s3, keys, signal, proof } = verifying;
  const report = (fault: Fault, of = key) => {
    proof.problems.push({ key: of, fault });
  };
  const stored = await fetchObject(s3, bucket, key, signal).catch((error: unknown) => {
    if (isAbort(error)) throw error;
    return undefined;
  });
  const digest = stored && readDigest(stored.bytes);
  if (!stored || !digest) {
    report("unreadable");
    return undefined;
  }
  const hash = await sha256Hex(stored.bytes);
  const publicKey = keys.get(digest.digestPublicKeyFingerprint);
  const signed = [digest.digestEndTime, `${digest.digestS3Bucket}/${digest.digestS3Object}`, hash, digest.previousDigestSignature ?? "null"].join("\n");
  if (!publicKey) report("unknownKey");
  else if (digest.digestS3Object !== key || !stored.signature || !(await isSigned(publicKey, stored.signature, signed))) report("badSignature");
  if (before && (digest.previousDigestS3Object !== before.key || digest.previousDigestHashValue !== before.hash)) report("broken");
  for (const file of digest.logFiles) await verifyFile(verifying, file, report);
  return hash;
}

async function verifyFile({ s3, signal, proof }: Verifying, file: DigestBody["logFiles"][number], report: (fault: Fault, of: string) => void): Promise<void> {
  proof.files += 1;
  try {
    const { bytes } = await fetchObject(s3, file.s3Bucket, file.s3Object, signal);
    if ((await sha256Hex(bytes)) !== file.hashValue) report("changed", file.s3Object);
  } catch (error) {
    if (isAbort(error)) throw error;
    const isGone = /^(NoSuchKey|NotFound|NoSuchVersion)$/.test(failureOf(error).code);
    report(isGone ? "removed" : "unreadable", file.s3Object);
  }
}

function readDigest(bytes: Uint8Array): DigestBody | undefined {
  try {
    const read = JSON.parse(new TextDecoder().decode(bytes)) as Partial<DigestBody>;
    return Array.isArray(read.logFiles) && typeof read.digestEndTime === "string" ? (read as DigestBody) : undefined;
  } catch {
    return undefined;
  }
}
