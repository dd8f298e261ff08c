// The account at a glance: how many of what, root's credentials, the alias.
import { CreateAccountAliasCommand, DeleteAccountAliasCommand, GetAccountSummaryCommand, IAMClient, ListAccountAliasesCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type ReactNode, useState } from "react";
import { formatNumber, useText } from "@/i18n";
import { cli, Confirm, ErrorAlert, flash, FormDialog, KeyValues, Name, Page, TextField, useCall } from "@/kit";
import { Link, to } from "@/router";
import { useClient } from "@/session";
import { common } from "./strings/common";
import { strings } from "./strings/account";

export function DashboardPage() {
  const t = useText(strings);
  return (
    <Page title={t("dashboard")} description={t("dashboardText")} help={t("dashboardHelp")}>
      <Summary />
      <Alias />
    </Page>
  );
}

function Summary() {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const summary = useCall(async (abortSignal) => (await iam.send(new GetAccountSummaryCommand({}), { abortSignal })).SummaryMap ?? {}, [iam]);
  const counts = (summary.data ?? {}) as Record<string, number | undefined>;
  const link = (name: string, page: string): ReactNode => {
    const count = counts[name];
    if (count === undefined) return undefined;
    const quota = counts[`${name}Quota`];
    return (
      <Link key={name} to={to("iam", page)} fontSize="heading-l">
        {formatNumber(count)}
        {quota === undefined ? "" : ` / ${formatNumber(quota)}`}
      </Link>
    );
  };
  const isLoaded = summary.data !== undefined;
  return (
    <Container header={<Header description={t("quotas")}>{t("inAccount")}</Header>}>
      <ErrorAlert error={summary.error} onRetry={summary.reload} />
      <KeyValues
        columns={4}
        facts={[
          [t("users"), link("Users", "users")],
          [t("groups"), link("Groups", "groups")],
          [t("roles"), link("Roles", "roles")],
          [t("policies"), link("Policies", "policies")],
          [t("providers"), link("Providers", "providers")],
          [t("mfaInUse"), counts["MFADevicesInUse"] === undefined ? undefined : <Box key="mfaInUse" variant="span" fontSize="heading-l">{formatNumber(counts["MFADevicesInUse"])}</Box>],
          [t("rootMfa"), isLoaded ? <Good key="mfa" good={counts["AccountMFAEnabled"] === 1} words={[t("enabled"), t("missing")]} /> : undefined],
          [t("rootKeys"), isLoaded ? <Good key="keys" good={counts["AccountAccessKeysPresent"] !== 1} words={[t("fine"), t("present")]} /> : undefined],
        ]}
      />
    </Container>
  );
}

function Good({ good, words: [yes, no] }: { good: boolean; words: [string, string] }) {
  return <StatusIndicator type={good ? "success" : "warning"}>{good ? yes : no}</StatusIndicator>;
}

function Alias() {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [open, setOpen] = useState<"set" | "remove">();
  const aliases = useCall(async (abortSignal) => (await iam.send(new ListAccountAliasesCommand({}), { abortSignal })).AccountAliases ?? [], [iam]);
  const AccountAlias = aliases.data?.[0];
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) aliases.reload();
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!AccountAlias}
        onClick={() => {
          setOpen("remove");
        }}
      >
        {t("removeAlias")}
      </Button>
      <Button
        onClick={() => {
          setOpen("set");
        }}
      >
        {t("setAlias")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Container
      header={
        <Header description={t("aliasText")} actions={actions}>
          {t("alias")}
        </Header>
      }
    >
      <ErrorAlert error={aliases.error} onRetry={aliases.reload} />
      {aliases.data ? AccountAlias ? <Name>{AccountAlias}</Name> : t("aliasNone") : null}
      {open === "set" ? <SetAlias onClose={close} /> : null}
      {open === "remove" && AccountAlias ? (
        <Confirm
          title={t("removeAlias")}
          action={t("removeAlias")}
          commands={[cli("iam", "DeleteAccountAlias", { AccountAlias })]}
          onConfirm={() => iam.send(new DeleteAccountAliasCommand({ AccountAlias }))}
          onClose={close}
        >
          {t("removeAliasText", { name: AccountAlias })}
        </Confirm>
      ) : null}
    </Container>
  );
}

function SetAlias({ onClose }: { onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [AccountAlias, setAlias] = useState("");
  return (
    <FormDialog
      title={t("setAlias")}
      action={t("setAlias")}
      ready={AccountAlias !== ""}
      commands={[cli("iam", "CreateAccountAlias", { AccountAlias })]}
      onSubmit={async () => {
        await iam.send(new CreateAccountAliasCommand({ AccountAlias }));
        flash("success", c("saved"));
      }}
      onClose={onClose}
    >
      <TextField label={t("alias")} description={t("aliasHint")} value={AccountAlias} onChange={setAlias} autoFocus />
    </FormDialog>
  );
}
