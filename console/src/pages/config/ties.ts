// What a resource is tied to, in both directions, and where each stands in the picture.
import type { ConfigurationItem } from "@aws-sdk/client-config-service";

const MOST_ARNS = 50;

export interface Tie {
  type: string;
  id: string;
  name?: string | undefined;
  /** As Config words it: "Is contained in Vpc". */
  words: string;
  /** Whether the other names this one, not this one the other. */
  isIncoming: boolean;
}

export interface Named {
  resourceType: string;
  resourceId: string;
  resourceName?: string;
  arn?: string;
}

/** The ARNs among a resource's ties: of what was not recorded yet when the resource was. */
export function arnsOf(item: ConfigurationItem): string[] {
  const ids = (item.relationships ?? []).flatMap(({ resourceId }) => (resourceId?.startsWith("arn:") ? [resourceId] : []));
  return [...new Set(ids)].slice(0, MOST_ARNS);
}

/** A resource's own ties, then the resources that name it and are not among them; `named` says which resources ARNs are. */
export function tiesOf(item: ConfigurationItem, incoming: Named[], named: Named[]): Tie[] {
  const byArn = new Map(named.map((one) => [one.arn, one]));
  const own = (item.relationships ?? []).map((tie): Tie => {
    const meant = byArn.get(tie.resourceId);
    return {
      type: tie.resourceType ?? "",
      id: meant?.resourceId ?? tie.resourceId ?? tie.resourceName ?? "",
      name: meant?.resourceName ?? tie.resourceName,
      words: (tie.relationshipName ?? "").trim(),
      isIncoming: false,
    };
  });
  const known = new Set(own.map(endOf));
  const others = incoming.map((one): Tie => ({ type: one.resourceType, id: one.resourceId, name: one.resourceName, words: "", isIncoming: true }));
  return [...own, ...others.filter((tie) => !known.has(endOf(tie)))];
}

function endOf(tie: Tie): string {
  return `${tie.type}/${tie.id}`;
}

/** Two resources may be tied in several ways. */
export function keyOf(tie: Tie): string {
  return `${endOf(tie)} ${tie.words}`;
}

export const NODE = { width: 250, height: 48 };
const GAP = 16;
const EDGE = 10;
/** From one column to the next. */
const STEP = 365;
/** So many are drawn on a side; the table has all. */
export const MOST_ON_A_SIDE = 12;

export interface Placed {
  tie: Tie;
  x: number;
  y: number;
}

export interface Picture {
  width: number;
  height: number;
  centre: { x: number; y: number };
  nodes: Placed[];
  left: number;
}

function column(ties: Tie[], x: number, height: number): Placed[] {
  const step = NODE.height + GAP;
  const top = (height - ties.length * step + GAP) / 2;
  return ties.map((tie, index) => ({ tie, x, y: top + index * step }));
}

/** This one between those that name it, at the left, and those that it names, at the right; alike types together. A side with none takes no room. */
export function layOut(ties: Tie[]): Picture {
  const ordered = [...ties].sort((one, other) => keyOf(one).localeCompare(keyOf(other)));
  const incoming = ordered.filter((tie) => tie.isIncoming).slice(0, MOST_ON_A_SIDE);
  const outgoing = ordered.filter((tie) => !tie.isIncoming).slice(0, MOST_ON_A_SIDE);
  const rows = Math.max(incoming.length, outgoing.length, 1);
  const height = rows * (NODE.height + GAP) + GAP;
  const middle = EDGE + (incoming.length > 0 ? STEP : 0);
  return {
    width: middle + (outgoing.length > 0 ? STEP : 0) + NODE.width + EDGE,
    height,
    centre: { x: middle, y: (height - NODE.height) / 2 },
    nodes: [...column(incoming, EDGE, height), ...column(outgoing, middle + STEP, height)],
    left: ties.length - incoming.length - outgoing.length,
  };
}
