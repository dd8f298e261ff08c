// What a live tail has seen: events asked for every few seconds, each shown once.
import { type CloudWatchLogsClient, FilterLogEventsCommand, type FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";

/** So many of the newest are kept. */
export const MOST_EVENTS = 1000;
/** Events may be told late, with times of their own: so far back is looked at again. */
const OVERLAP = 60_000;
const MOST_PAGES = 10;
const MOST_SEEN = 200_000;

export class Tail {
  private events: FilteredLogEvent[] = [];
  private readonly seen = new Set<string>();
  private since: number | undefined;
  private token: string | undefined;

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly group: string,
    private readonly pattern: string,
  ) {}

  /** Forget what is shown; it does not come again. */
  clear(): void {
    this.events = [];
  }

  /** Ask what is new; answers the newest events, the last first. */
  async poll(abortSignal: AbortSignal): Promise<FilteredLogEvent[]> {
    const since = (this.since ??= Date.now() - OVERLAP);
    let latest = since + OVERLAP;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const input = { logGroupName: this.group, filterPattern: this.pattern || undefined, startTime: since, nextToken: this.token };
      const answer = await this.logs.send(new FilterLogEventsCommand(input), { abortSignal });
      const fresh = (answer.events ?? []).filter(({ eventId = "" }) => !this.seen.has(eventId));
      for (const { eventId = "", timestamp = 0 } of fresh) {
        this.seen.add(eventId);
        latest = Math.max(latest, Math.min(timestamp, Date.now()));
      }
      this.keep(fresh);
      this.token = answer.nextToken;
      if (!this.token) break;
    }
    if (!this.token) this.since = latest - OVERLAP;
    return this.events;
  }

  private keep(fresh: FilteredLogEvent[]): void {
    if (fresh.length === 0) return;
    for (const id of this.seen) {
      if (this.seen.size <= MOST_SEEN) break;
      this.seen.delete(id); // the first that came
    }
    this.events = [...fresh, ...this.events].sort((one, other) => (other.timestamp ?? 0) - (one.timestamp ?? 0)).slice(0, MOST_EVENTS);
  }
}
