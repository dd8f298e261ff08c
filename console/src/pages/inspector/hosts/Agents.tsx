// Agents: a token that lets hosts in, and the commands that install the agent by it.
import { useState } from "react";
import { useText } from "@/i18n";
import { Page } from "@/kit";
import { to } from "@/router";
import type { Invited } from "./api";
import { InstallCommands } from "./InstallCommands";
import { Invitation } from "./Invitation";
import { hostStrings } from "./strings";

export function AgentsPage() {
  const t = useText(hostStrings);
  const [invited, setInvited] = useState<Invited>();
  return (
    <Page title={t("installAgents")} description={t("installText")} crumbs={[{ text: t("hosts"), to: to("inspector", "hosts") }]} help={t("help")}>
      <Invitation invited={invited} onInvited={setInvited} />
      <InstallCommands token={invited?.Token} />
    </Page>
  );
}
