// Names of services and members as the aws command spells them.

const SERVICES: Record<string, string> = {
  CloudWatchLogs: "logs",
  ConfigService: "configservice",
  S3: "s3api",
};

/** `SNSClient` is `sns`, `CloudWatchLogsClient` is `logs`. */
export function cliService(clientName: string): string {
  const name = clientName.replace(/Client$/, "");
  return SERVICES[name] ?? name.toLowerCase();
}

/** `ListMFADevices` is `list-mfa-devices`, as the AWS CLI makes it. */
export function cliName(name: string): string {
  const plural = /[A-Z]{2,}s$/.exec(name)?.[0];
  const head = plural ? `${name.slice(0, -plural.length)}-${plural.toLowerCase()}` : name;
  return head
    .replace(/(.)([A-Z][a-z]+)/g, "$1-$2")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/-{2,}/g, "-")
    .toLowerCase();
}
