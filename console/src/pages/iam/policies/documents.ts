// Policy documents as texts.

export const EMPTY_POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [],
      "Resource": "*"
    }
  ]
}`;

/** The document as it is sent: IAM counts no white space, but stores it. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The actions that a document names whole, in its order: what is worth simulating first. */
export function actionsIn(text: string): string[] {
  if (!isJson(text)) return [];
  const document = JSON.parse(text) as { Statement?: unknown };
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  const found = statements.flatMap((one: unknown) => (one as { Action?: string | string[] } | null)?.Action ?? []);
  return [...new Set(found)].filter((action) => typeof action === "string" && !/[*?]/.test(action));
}
