// The dialog that makes or changes a configuration of CIS scans.
import {
  type CisScanConfiguration,
  type CisSecurityLevel,
  CreateCisScanConfigurationCommand,
  Inspector2Client,
  UpdateCisScanConfigurationCommand,
} from "@aws-sdk/client-inspector2";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField } from "@/kit";
import { useClient } from "@/session";
import { tagsOf, valuesByKey, writtenTags } from "../hostTags";
import { isWhole, scheduleOf, timesOf } from "./schedule";
import { cisStrings } from "./strings";
import { TimesFields } from "./TimesFields";

const LEVELS = ["LEVEL_1", "LEVEL_2"] as const satisfies CisSecurityLevel[];

interface Properties {
  /** The configuration that is changed; a new one is made without it. */
  kept?: CisScanConfiguration;
  onClose: (done: boolean) => void;
}

export function ConfigurationForm({ kept, onClose }: Properties) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const [name, setName] = useState(kept?.scanName ?? "");
  const [level, setLevel] = useState<CisSecurityLevel>(kept?.securityLevel ?? "LEVEL_1");
  const [text, setText] = useState(writtenTags(kept?.targets?.targetResourceTags));
  const [times, setTimes] = useState(() => timesOf(kept?.schedule));
  const tags = tagsOf(text);
  const input = {
    scanName: name,
    securityLevel: level,
    schedule: scheduleOf(times),
    targets: { accountIds: ["SELF"], targetResourceTags: valuesByKey(tags) },
  };
  const change = kept ? { scanConfigurationArn: kept.scanConfigurationArn, ...input } : undefined;
  return (
    <FormDialog
      title={kept ? t("editTitle", { name: kept.scanName ?? "" }) : t("create")}
      action={t(kept ? "save" : "create")}
      ready={name !== "" && tags.length > 0 && tags.every(({ key, value }) => key !== "" && value !== "") && isWhole(times)}
      commands={[change ? cli("inspector2", "UpdateCisScanConfiguration", change) : cli("inspector2", "CreateCisScanConfiguration", input)]}
      onSubmit={async () => {
        if (change) await inspector.send(new UpdateCisScanConfigurationCommand(change));
        else await inspector.send(new CreateCisScanConfigurationCommand(input));
        flash("success", t(change ? "saved" : "created", { name }));
      }}
      onClose={onClose}
    >
      <TextField label={t("name")} value={name} onChange={setName} autoFocus />
      <FormField label={t("level")} description={t("levelHint")}>
        <RadioGroup
          value={level}
          items={LEVELS.map((value) => ({ value, label: t(value) }))}
          onChange={({ detail }) => {
            setLevel(detail.value as CisSecurityLevel);
          }}
        />
      </FormField>
      <TextField label={t("hosts")} description={t("hostsHint")} placeholder="CisScan=true, stage=live" value={text} onChange={setText} />
      <TimesFields times={times} onChange={setTimes} />
    </FormDialog>
  );
}
