// Trying again: while the server restarts or asks for patience, with growing pauses, and said in the open.
import { report } from "./weather";

/** A service's refusal where no SDK client makes it, in the shape of the SDK's own. */
export class ServiceError extends Error {
  readonly $metadata: { httpStatusCode: number; requestId?: string };

  constructor(name: string, message: string, httpStatusCode: number, requestId?: string) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode, ...(requestId ? { requestId } : {}) };
  }
}

/** What there is to know of anything thrown by a call. */
export interface Failure {
  /** AWS's code, such as `AccessDenied`. */
  code: string;
  message: string;
  status?: number;
  requestId?: string;
}

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: "Error", message: String(error) };
  const { $metadata } = error as Partial<ServiceError>;
  const code = (error as { Code?: string }).Code ?? error.name;
  const failure: Failure = { code, message: error.message };
  if ($metadata?.httpStatusCode !== undefined) failure.status = $metadata.httpStatusCode;
  if ($metadata?.requestId !== undefined) failure.requestId = $metadata.requestId;
  return failure;
}

const PAUSES = { away: [500, 1000, 2000, 3000, 5000], busy: [400, 800, 1600, 3200, 6400, 10000] };
const LONGEST = { away: 180_000, busy: 60_000 };

const THROTTLED = /^(Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceeded$|RequestThrottled)/;

/** Whether waiting may help: the server is away, or busy. */
export function passing(error: unknown): "away" | "busy" | undefined {
  if (isAbort(error)) return undefined;
  const { code, status } = failureOf(error);
  if (status === 429 || (THROTTLED.test(code) && code !== "LimitExceeded")) return "busy";
  if (status === 502 || status === 503 || status === 504) return "away";
  // fetch's own failure: nothing came back at all
  if (status === undefined && error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) return "away";
  return undefined;
}

export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("The call was given up.", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/** Do `attempt` until it is answered: by a result, or by an error that waiting does not cure. */
export async function persist<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const call = Symbol("call");
  const began = Date.now();
  try {
    for (let tries = 0; ; tries++) {
      try {
        return await attempt();
      } catch (error) {
        const state = passing(error);
        if (state === undefined || Date.now() - began > LONGEST[state]) throw error;
        report(call, state);
        const steps = PAUSES[state];
        const step = steps[Math.min(tries, steps.length - 1)] ?? 5000;
        await pause(step * (0.75 + Math.random() / 2), signal);
      }
    }
  } finally {
    report(call, "fine");
  }
}
