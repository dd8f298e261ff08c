// A user's credentials: password, MFA devices, access keys, and others.
import SpaceBetween from "@cloudscape-design/components/space-between";
import { AccessKeys } from "./AccessKeys";
import { MfaDevices } from "./MfaDevices";
import { OtherCredentials } from "./OtherCredentials";
import { Password } from "./Password";

export function Credentials({ user }: { user: string }) {
  return (
    <SpaceBetween size="l">
      <Password user={user} />
      <MfaDevices user={user} />
      <AccessKeys user={user} />
      <OtherCredentials user={user} />
    </SpaceBetween>
  );
}
