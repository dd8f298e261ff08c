// Calls that change something: each knows the command that does the same, so that what is shown is what is done.
import type { IAMClient } from "@aws-sdk/client-iam";
import { cli } from "@/kit";

export interface Change {
  command: string;
  send: (iam: IAMClient) => Promise<unknown>;
}

/** `change("DeleteUser", input, (iam) => iam.send(new DeleteUserCommand(input)))`. */
export function change(operation: string, input: object, send: Change["send"]): Change {
  return { command: cli("iam", operation, input), send };
}

/** Make changes one after the other; the first that fails ends it. */
export async function makeChanges(iam: IAMClient, changes: Change[]): Promise<void> {
  for (const one of changes) await one.send(iam);
}

export function commandsOf(changes: Change[]): string[] {
  return changes.map(({ command }) => command);
}
