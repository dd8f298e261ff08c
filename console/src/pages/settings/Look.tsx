// Language, theme, times and density of this browser.
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { useText } from "@/i18n";
import { prefer, type Preferences, preferences } from "@/preferences";
import { useStore } from "@/store";
import { strings } from "./strings";

export function Look() {
  const t = useText(strings);
  return (
    <Container header={<Header>{t("look")}</Header>}>
      <ColumnLayout columns={4}>
        <Choice
          name="language"
          label={t("language")}
          options={[
            ["en", "English"],
            ["zh", "中文"],
          ]}
        />
        <Choice
          name="theme"
          label={t("theme")}
          options={[
            ["system", t("system")],
            ["light", t("light")],
            ["dark", t("dark")],
          ]}
        />
        <Choice
          name="zone"
          label={t("zone")}
          options={[
            ["local", `${t("local")} (${Intl.DateTimeFormat().resolvedOptions().timeZone})`],
            ["utc", t("utc")],
          ]}
        />
        <Choice
          name="density"
          label={t("density")}
          options={[
            ["comfortable", t("comfortable")],
            ["compact", t("compact")],
          ]}
        />
      </ColumnLayout>
    </Container>
  );
}

interface Properties<N extends keyof Preferences> {
  name: N;
  label: string;
  options: [Preferences[N], string][];
}

function Choice<N extends keyof Preferences>({ name, label, options }: Properties<N>) {
  const chosen = useStore(preferences);
  return (
    <FormField label={label}>
      <RadioGroup
        value={chosen[name]}
        items={options.map(([value, text]) => ({ value, label: text }))}
        onChange={({ detail }) => {
          prefer({ [name]: detail.value });
        }}
      />
    </FormField>
  );
}
