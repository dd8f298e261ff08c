// How often checks are refreshed, and who hears of what changed.
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, CliPanel, type Day, dayName, DAYS, ErrorAlert, flash, Page, TextField, useAction, useCall } from "@/kit";
import { to } from "@/router";
import { garrisonCall } from "@/session";
import { strings } from "./strings";

interface Wanted {
  RefreshHours: number;
  EventTopic?: string;
  DigestTopic?: string;
  DigestDay: Day;
  DigestHour: number;
  Language: "en" | "zh";
}

export function PreferencesPage() {
  const t = useText(strings);
  const wanted = useCall((signal) => garrisonCall<Wanted>("GetAdvicePreferences", {}, signal));
  return (
    <Page title={t("preferences")} description={t("preferencesText")} crumbs={[{ text: t("advice"), to: to("trustedadvisor") }]} help={t("help")}>
      <ErrorAlert error={wanted.error} onRetry={wanted.reload} />
      {wanted.data ? <Form key={JSON.stringify(wanted.data)} kept={wanted.data} onSaved={wanted.reload} /> : null}
    </Page>
  );
}

function Form({ kept, onSaved }: { kept: Wanted; onSaved: () => void }) {
  const t = useText(strings);
  const [wanted, setWanted] = useState<Wanted>(kept);
  const [hours, setHours] = useState(String(kept.RefreshHours));
  const [hour, setHour] = useState(String(kept.DigestHour));
  const input = { ...wanted, RefreshHours: Number(hours), DigestHour: Number(hour), EventTopic: wanted.EventTopic ?? "", DigestTopic: wanted.DigestTopic ?? "" };
  const save = useAction(async () => {
    await garrisonCall("PutAdvicePreferences", input);
    flash("success", t("kept"));
    onSaved();
  });
  const days = DAYS.map((day) => ({ value: day, label: dayName(day) }));
  const languages = [
    { value: "en", label: "English" },
    { value: "zh", label: "简体中文" },
  ];
  return (
    <SpaceBetween size="l">
      <Container header={<Header variant="h2">{t("schedule")}</Header>}>
        <TextField label={t("refreshHours")} description={t("refreshHoursHint")} type="number" inputMode="numeric" value={hours} onChange={setHours} />
      </Container>
      <Container header={<Header variant="h2">{t("told")}</Header>}>
        <SpaceBetween size="m">
          <TextField
            label={t("eventTopic")}
            description={t("eventTopicHint")}
            value={wanted.EventTopic ?? ""}
            onChange={(EventTopic) => {
              setWanted({ ...wanted, EventTopic });
            }}
          />
          <TextField
            label={t("digestTopic")}
            description={t("digestTopicHint")}
            value={wanted.DigestTopic ?? ""}
            onChange={(DigestTopic) => {
              setWanted({ ...wanted, DigestTopic });
            }}
          />
          <FormField label={t("digestDay")}>
            <Select
              selectedOption={days.find(({ value }) => value === wanted.DigestDay) ?? null}
              options={days}
              onChange={({ detail }) => {
                setWanted({ ...wanted, DigestDay: (detail.selectedOption.value ?? "MON") as Day });
              }}
            />
          </FormField>
          <TextField label={t("digestHour")} description={t("digestHourHint")} type="number" inputMode="numeric" value={hour} onChange={setHour} />
          <FormField label={t("language")}>
            <Select
              selectedOption={languages.find(({ value }) => value === wanted.Language) ?? null}
              options={languages}
              onChange={({ detail }) => {
                setWanted({ ...wanted, Language: detail.selectedOption.value === "zh" ? "zh" : "en" });
              }}
            />
          </FormField>
        </SpaceBetween>
      </Container>
      <ErrorAlert error={save.error} />
      <Button variant="primary" loading={save.busy} onClick={() => void save.run()}>
        {t("save")}
      </Button>
      <CliPanel commands={[cli("garrison", "PutAdvicePreferences", input)]} />
    </SpaceBetween>
  );
}
