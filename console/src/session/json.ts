// Calls of services that no SDK client knows (Garrison's own, and older AWS ones): AWS's JSON protocol, signed here.
import { Sha256 } from "@aws-crypto/sha256-js";
import { HttpRequest } from "@smithy/protocol-http";
import { SignatureV4 } from "@smithy/signature-v4";
import { settings } from "@/settings";
import { noteCall } from "./calls";
import { withFreshCredentials } from "./clients";
import { failureOf, ServiceError } from "./persist";
import { currentRegion } from "./region";
import { noteDate, serverNow } from "./serverClock";
import { credentials } from "./session";

export interface JsonService {
  /** As the signature names it, and the aws command. */
  name: string;
  /** What stands before the operation in `x-amz-target`. */
  target: string;
  version: "1.0" | "1.1";
}

export const GARRISON: JsonService = { name: "garrison", target: "Garrison_20261101", version: "1.1" };
export const INSPECTOR_CLASSIC: JsonService = { name: "inspector", target: "InspectorService", version: "1.1" };
export const CLOUDHSM: JsonService = { name: "cloudhsm", target: "BaldrApiService", version: "1.1" };

/** Call an operation; refusals are `ServiceError`s. */
export async function jsonCall<A>(service: JsonService, operation: string, input: object, signal?: AbortSignal): Promise<A> {
  try {
    const answer = await withFreshCredentials(() => send<A>(service, operation, input, signal), signal);
    noteCall({ service: service.name, operation, input });
    return answer;
  } catch (error) {
    noteCall({ service: service.name, operation, input, refusal: failureOf(error).code });
    throw error;
  }
}

/** `await garrisonCall<WhoCanResponse>("WhoCan", { Action: "s3:GetObject" })`. */
export function garrisonCall<A>(operation: string, input: object, signal?: AbortSignal): Promise<A> {
  return jsonCall<A>(GARRISON, operation, input, signal);
}

async function send<A>(service: JsonService, operation: string, input: object, signal?: AbortSignal): Promise<A> {
  const url = new URL(settings().endpoint);
  const signer = new SignatureV4({ service: service.name, region: currentRegion(), credentials: await credentials(), sha256: Sha256 });
  const signed = await signer.sign(
    new HttpRequest({
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port ? { port: Number(url.port) } : {}),
      method: "POST",
      path: "/",
      headers: {
        host: url.host,
        "content-type": `application/x-amz-json-${service.version}`,
        "x-amz-target": `${service.target}.${operation}`,
      },
      body: JSON.stringify(input),
    }),
    { signingDate: new Date(serverNow()) },
  );
  const headers = { ...signed.headers };
  delete headers["host"]; // the browser's own
  const response = await fetch(url, { method: "POST", headers, body: signed.body as string, ...(signal ? { signal } : {}) });
  const text = await response.text();
  const given: unknown = text ? JSON.parse(text) : {};
  if (response.ok) return given as A;
  noteDate(response.headers.get("date"));
  throw refusal(response, given as Record<string, unknown>);
}

function refusal(response: Response, given: Record<string, unknown>): ServiceError {
  const kind = String(given["__type"] ?? response.headers.get("x-amzn-errortype") ?? "Error");
  const code = (kind.split("#").pop() ?? kind).split(":")[0] ?? kind;
  const message = given["message"] ?? given["Message"] ?? "";
  const requestId = response.headers.get("x-amzn-requestid") ?? undefined;
  return new ServiceError(code, String(message), response.status, requestId);
}
