// Makes a token with which a host, or so many hosts of a group, enroll; it is shown once.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Command, ErrorAlert, TextField, Time, useAction, useCall } from "@/kit";
import { garrisonCall, useRegion } from "@/session";
import { useSettings } from "@/settings";
import { moment } from "../moments";
import type { InvitationInput, Invited, ListedHosts } from "./api";
import { hostStrings } from "./strings";

const AGENT_ROLE = "role/GarrisonAgent";

export function Invitation({ invited, onInvited }: { invited: Invited | undefined; onInvited: (invited: Invited) => void }) {
  const t = useText(hostStrings);
  const region = useRegion();
  const { account } = useSettings();
  const [name, setName] = useState("");
  const [count, setCount] = useState("");
  const [addresses, setAddresses] = useState("");
  const [profile, setProfile] = useState<string>();
  const [role, setRole] = useState(`arn:aws:iam::${account}:${AGENT_ROLE}`);
  const known = useCall(
    async (signal) => (await garrisonCall<ListedHosts>("ListHosts", {}, signal)).Hosts.find(({ RoleArn }) => RoleArn?.endsWith(AGENT_ROLE))?.ProfileArn ?? "",
    [region],
  );
  const profileArn = profile ?? known.data ?? "";
  const sources = addresses.split(/[\s,]+/).filter(Boolean);
  const input: InvitationInput = {
    Name: name,
    ProfileArn: profileArn,
    RoleArn: role,
    ...(count ? { Count: Number(count) } : {}),
    ...(sources.length > 0 ? { SourceAddresses: sources } : {}),
  };
  const isReady = name !== "" && profileArn !== "" && role !== "" && /^\d*$/.test(count);
  const invite = useAction(async () => {
    onInvited(await garrisonCall<Invited>("CreateHostInvitation", input));
  });
  return (
    <Container header={<Header description={t("inviteText")}>{t("invite")}</Header>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) void invite.run();
        }}
      >
        <Form
          actions={
            <Button variant="primary" formAction="submit" loading={invite.busy} disabled={!isReady}>
              {t("makeToken")}
            </Button>
          }
        >
          <SpaceBetween size="m">
            <TextField label={t("name")} description={t("nameHint")} value={name} onChange={setName} />
            <TextField label={t("count")} description={t("countHint")} inputMode="numeric" value={count} onChange={setCount} />
            <TextField label={t("from")} description={t("fromHint")} placeholder="10.20.0.0/16" value={addresses} onChange={setAddresses} />
            <TextField label={t("profile")} description={t("profileHint")} value={profileArn} onChange={setProfile} />
            <TextField label={t("role")} value={role} onChange={setRole} />
            <CliPanel commands={[cli("garrison", "CreateHostInvitation", input), `garrison agent invite ${name || "NAME"}`]} />
            <ErrorAlert error={invite.error} />
            {invited ? (
              <Alert type="success" header={t("tokenMade")}>
                <SpaceBetween size="xs">
                  <div>
                    {t("tokenOnce")} <Time at={moment(invited.ExpiresAt)} />
                  </div>
                  <Command>{invited.Token}</Command>
                </SpaceBetween>
              </Alert>
            ) : null}
          </SpaceBetween>
        </Form>
      </form>
    </Container>
  );
}
