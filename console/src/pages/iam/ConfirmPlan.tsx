// A confirmation of several calls, which are looked up first: what is shown is what will be done.
import { IAMClient } from "@aws-sdk/client-iam";
import { Confirm, ErrorAlert, flash, useCall } from "@/kit";
import { useClient } from "@/session";
import { type Change, commandsOf, makeChanges } from "./changes";

interface Properties {
  title: string;
  text: string;
  /** The name that must be typed, and the key of the plan. */
  name: string;
  done: string;
  plan: (iam: IAMClient, signal: AbortSignal) => Promise<Change[]>;
  onClose: (done: boolean) => void;
}

export function ConfirmPlan({ title, text, name, done, plan, onClose }: Properties) {
  const iam = useClient(IAMClient);
  const planned = useCall((signal) => plan(iam, signal), [iam, name]);
  return (
    <Confirm
      title={title}
      action={title}
      typed={name}
      commands={commandsOf(planned.data ?? [])}
      onConfirm={async () => {
        await makeChanges(iam, planned.data ?? (await plan(iam, new AbortController().signal)));
        flash("success", done);
      }}
      onClose={onClose}
    >
      <bdi>{text}</bdi>
      <ErrorAlert error={planned.error} onRetry={planned.reload} />
    </Confirm>
  );
}
