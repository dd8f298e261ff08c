// Names inside of the ARNs of stacks and change sets, and the addresses of their pages.
import { to, withQuery } from "@/router";

/** The name in the ARN of a stack or change set (`arn:…:stack/NAME/UUID`); what is no such ARN is a name already. */
export function nameOf(id: string): string {
  return id.startsWith("arn:") ? (id.split("/")[1] ?? id) : id;
}

export function stackPage(id: string, tab?: string): string {
  return withQuery(to("cloudformation", "stacks", id), { tab });
}

export function changeSetPage(stack: string, changeSet: string): string {
  return to("cloudformation", "stacks", stack, "changes", changeSet);
}

/** The form that makes a change set: of a stack that is there, or of a new one. */
export function deployPage(stack?: string): string {
  return withQuery(to("cloudformation", "deploy"), { stack });
}
