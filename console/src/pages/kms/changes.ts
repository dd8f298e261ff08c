// Calls of KMS that change something, with the command that does the same.
import type { KMSClient } from "@aws-sdk/client-kms";
import { cli } from "@/kit";

export interface Change {
  command: string;
  send: (kms: KMSClient) => Promise<unknown>;
}

export function change(operation: string, input: object, send: Change["send"]): Change {
  return { command: cli("kms", operation, input), send };
}
