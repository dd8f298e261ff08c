// SDK clients: of the chosen region, signed with the session's credentials, patient, and on the list of made calls.
import type { InitializeHandler, InitializeMiddleware, MiddlewareStack } from "@smithy/types";
import { settings } from "@/settings";
import { cliService } from "./cliNames";
import { noteCall } from "./calls";
import { failureOf, persist } from "./persist";
import { useRegion } from "./region";
import { clockOffset } from "./serverClock";
import { credentials, replaceCredentials } from "./session";

interface Configuration {
  endpoint: string;
  region: () => Promise<string>;
  credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date }>;
  maxAttempts: number;
  /** Of S3: buckets are named in the path, since no name server knows `BUCKET.HOST`. */
  forcePathStyle: boolean;
  /** Of S3: browsers inflate what is stored deflated, so that its checksum is of other bytes than those that come. */
  responseChecksumValidation: "WHEN_REQUIRED";
  /** A browser would keep what a GET once answered, such as an object of a bucket. */
  requestHandler: { cache: "no-store" };
  systemClockOffset: number;
}

export type ClientClass<C> = new (configuration: Configuration) => C;

/** What a client tells of itself, and where calls can be followed. */
interface Known {
  config: { serviceId: string };
  middlewareStack: MiddlewareStack<object, object>;
}

const GLOBAL = new Set(["IAM", "Organizations", "Support", "TrustedAdvisor"]);
const GLOBAL_REGION = "us-east-1";
const ENDED = /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidAccessKeyId|AuthFailure)/;

const made = new Map<unknown, Map<string, unknown>>();

/** Forget every client: whoever calls has changed. */
export function forgetClients(): void {
  made.clear();
}

/** A client of a class in a region; the same one for the same question. */
export function clientOf<C>(Client: ClientClass<C>, region: string): C {
  const regions = made.get(Client) ?? new Map<string, unknown>();
  made.set(Client, regions);
  const known = regions.get(region);
  if (known) return known as C;
  const client: C = new Client({
    endpoint: settings().endpoint,
    region: async () => (GLOBAL.has((client as Known).config.serviceId) ? GLOBAL_REGION : region),
    maxAttempts: 1, // `persist` tries again, and says so
    forcePathStyle: true,
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: { cache: "no-store" },
    systemClockOffset: clockOffset(),
    credentials: async () => ({ ...(await credentials()), expiration: new Date(0) }), // ended: so that each call asks
  });
  (client as Known).middlewareStack.add(patience, { step: "initialize", priority: "high", name: "garrisonPatience" });
  regions.set(region, client);
  return client;
}

/** `const iam = useClient(IAMClient)`; then `iam.send(new ListUsersCommand({}), { abortSignal })`. */
export function useClient<C>(Client: ClientClass<C>): C {
  return clientOf(Client, useRegion());
}

const patience: InitializeMiddleware<object, object> = (next: InitializeHandler<object, object>, context) => async (given) => {
  const service = cliService(String(context["clientName"] ?? ""));
  const operation = String(context["commandName"] ?? "").replace(/Command$/, "");
  try {
    const answer = await withFreshCredentials(() => next(given));
    noteCall({ service, operation, input: given.input });
    return answer;
  } catch (error) {
    noteCall({ service, operation, input: given.input, refusal: failureOf(error).code });
    throw error;
  }
};

const SKEWED = /^Signature (expired|not yet current)/;

/** A call, tried again while the server is away, and once more where its credentials had ended or this clock is wrong. */
export async function withFreshCredentials<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  try {
    return await persist(attempt, signal);
  } catch (error) {
    const { code, message } = failureOf(error);
    if (ENDED.test(code)) await replaceCredentials();
    else if (!SKEWED.test(message)) throw error; // signers have learnt the server's time from its answer
    return persist(attempt, signal);
  }
}
