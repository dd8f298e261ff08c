// What a user, group or role is allowed by: attached policies, inline ones, and the boundary around them.
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Holder } from "../holders";
import { AttachedPolicies } from "./AttachedPolicies";
import { Boundary } from "./Boundary";
import { InlinePolicies } from "./InlinePolicies";

interface Properties {
  holder: Holder;
  /** The ARN of the permissions boundary; groups have none. */
  boundary?: string | undefined;
  onChange: () => void;
}

export function Permissions({ holder, boundary, onChange }: Properties) {
  return (
    <SpaceBetween size="l">
      <AttachedPolicies holder={holder} />
      <InlinePolicies holder={holder} />
      {holder.kind === "group" ? null : <Boundary holder={holder} boundary={boundary} onChange={onChange} />}
    </SpaceBetween>
  );
}
