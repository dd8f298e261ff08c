// What passwords must be like.
import { DeleteAccountPasswordPolicyCommand, GetAccountPasswordPolicyCommand, IAMClient, type PasswordPolicy, UpdateAccountPasswordPolicyCommand } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, Confirm, ErrorAlert, flash, Page, TextField, useAction, useCall } from "@/kit";
import { failureOf, useClient } from "@/session";
import { strings } from "./strings/account";

const FLAGS = {
  mustHave: { RequireUppercaseCharacters: "uppercase", RequireLowercaseCharacters: "lowercase", RequireNumbers: "numbers", RequireSymbols: "symbols" },
  afterwards: { AllowUsersToChangePassword: "ownChange", HardExpiry: "hardExpiry" },
} as const;
const GROUPS = ["mustHave", "afterwards"] as const;
type Flag = keyof typeof FLAGS.mustHave | keyof typeof FLAGS.afterwards;
const FLAG_NAMES = GROUPS.flatMap((group) => Object.keys(FLAGS[group]) as Flag[]);

async function policyOf(iam: IAMClient, abortSignal: AbortSignal): Promise<PasswordPolicy | null> {
  try {
    return (await iam.send(new GetAccountPasswordPolicyCommand({}), { abortSignal })).PasswordPolicy ?? null;
  } catch (error) {
    if (failureOf(error).code.startsWith("NoSuchEntity")) return null;
    throw error;
  }
}

export function AccountPage() {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [removing, setRemoving] = useState(false);
  const policy = useCall((signal) => policyOf(iam, signal), [iam]);
  const actions = (
    <Button
      disabled={!policy.data}
      onClick={() => {
        setRemoving(true);
      }}
    >
      {t("removePolicy")}
    </Button>
  );
  return (
    <Page title={t("settings")} description={t("settingsText")} help={t("dashboardHelp")}>
      <Container
        header={
          <Header description={t("passwordPolicyText")} actions={actions}>
            {t("passwordPolicy")}
          </Header>
        }
      >
        <SpaceBetween size="m">
          <ErrorAlert error={policy.error} onRetry={policy.reload} />
          {policy.data === null ? <Box color="text-body-secondary">{t("policyDefault")}</Box> : null}
          {policy.data === undefined ? null : <PolicyForm key={JSON.stringify(policy.data)} policy={policy.data ?? {}} onSaved={policy.reload} />}
        </SpaceBetween>
      </Container>
      {removing ? (
        <Confirm
          title={t("removePolicy")}
          action={t("removePolicy")}
          commands={[cli("iam", "DeleteAccountPasswordPolicy")]}
          onConfirm={() => iam.send(new DeleteAccountPasswordPolicyCommand({}))}
          onClose={(done) => {
            setRemoving(false);
            if (done) policy.reload();
          }}
        >
          {t("removePolicyText")}
        </Confirm>
      ) : null}
    </Page>
  );
}

function PolicyForm({ policy, onSaved }: { policy: Partial<PasswordPolicy>; onSaved: () => void }) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const [length, setLength] = useState(String(policy.MinimumPasswordLength ?? 8));
  const [age, setAge] = useState(String(policy.MaxPasswordAge ?? 0));
  const [reuse, setReuse] = useState(String(policy.PasswordReusePrevention ?? 0));
  const [flags, setFlags] = useState<Partial<Record<Flag, boolean>>>(Object.fromEntries(FLAG_NAMES.map((flag) => [flag, policy[flag] ?? false])));
  const input = {
    MinimumPasswordLength: Number(length),
    ...flags,
    ...(Number(age) > 0 ? { MaxPasswordAge: Number(age) } : {}),
    ...(Number(reuse) > 0 ? { PasswordReusePrevention: Number(reuse) } : {}),
  };
  const save = useAction(async () => {
    await iam.send(new UpdateAccountPasswordPolicyCommand(input));
    flash("success", t("policySaved"));
    onSaved();
  });
  return (
    <SpaceBetween size="m">
      <ColumnLayout columns={3}>
        <TextField label={t("minLength")} description={t("minLengthHint")} inputMode="numeric" value={length} onChange={setLength} />
        <TextField label={t("maxAge")} description={t("maxAgeHint")} inputMode="numeric" value={age} onChange={setAge} />
        <TextField label={t("reuse")} description={t("reuseHint")} inputMode="numeric" value={reuse} onChange={setReuse} />
      </ColumnLayout>
      <ColumnLayout columns={2}>
        {GROUPS.map((group) => (
          <FormField key={group} label={t(group)}>
            {Object.entries(FLAGS[group]).map(([flag, word]) => (
              <Checkbox
                key={flag}
                checked={flags[flag as Flag] ?? false}
                onChange={({ detail }) => {
                  setFlags({ ...flags, [flag]: detail.checked });
                }}
              >
                {t(word)}
              </Checkbox>
            ))}
          </FormField>
        ))}
      </ColumnLayout>
      <Button variant="primary" disabled={![length, age, reuse].every((text) => /^\d+$/.test(text))} loading={save.busy} onClick={() => void save.run()}>
        {t("savePolicy")}
      </Button>
      <CliPanel commands={[cli("iam", "UpdateAccountPasswordPolicy", input)]} />
      <ErrorAlert error={save.error} />
    </SpaceBetween>
  );
}
