// Settings: oneself, this browser, and this server.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { Command, Copyable, KeyValues, Name, Page } from "@/kit";
import { route } from "@/router";
import { useRegion, useSession } from "@/session";
import { useSettings } from "@/settings";
import { AccessKeys } from "../iam/credentials/AccessKeys";
import { MfaDevices } from "../iam/credentials/MfaDevices";
import { Look } from "./Look";
import { Password } from "./Password";
import { strings } from "./strings";

function SettingsPage() {
  const t = useText(strings);
  const { person, role } = useSession();
  const isUser = person?.kind === "IAMUser" && !role;
  return (
    <Page title={t("title")} description={t("text")} help={t("help")}>
      <Identity />
      <Look />
      {isUser ? (
        <>
          <Password />
          <MfaDevices user={person.name} />
          <AccessKeys user={person.name} />
        </>
      ) : (
        <Alert type="info">{t(person?.kind === "Root" && !role ? "rootOnly" : "sessionOnly")}</Alert>
      )}
      <Server />
    </Page>
  );
}

function Identity() {
  const t = useText(strings);
  const { person, role } = useSession();
  return (
    <Container header={<Header>{t("identity")}</Header>}>
      <KeyValues
        columns={4}
        facts={[
          [t("arn"), <Copyable key="arn">{person?.arn}</Copyable>],
          [t("account"), person?.account],
          [t("userId"), <Name key="id">{person?.userId}</Name>],
          role ? [t("role"), <Name key="role">{role.arn}</Name>] : [t("kind"), person && t(person.kind)],
        ]}
      />
    </Container>
  );
}

function Server() {
  const t = useText(strings);
  const { version, endpoint, region, providers } = useSettings();
  const chosen = useRegion();
  return (
    <Container header={<Header>{t("server")}</Header>}>
      <SpaceBetween size="m">
        <KeyValues
          columns={4}
          facts={[
            [t("version"), version],
            [t("endpoint"), <Name key="endpoint">{endpoint}</Name>],
            [t("region"), region],
            [t("providers"), <bdi key="providers">{providers.map(({ name }) => name).join(", ") || t("none")}</bdi>],
          ]}
        />
        <div>
          {t("environment")}
          <Command>{`export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${chosen}`}</Command>
        </div>
      </SpaceBetween>
    </Container>
  );
}

export default [route("/", SettingsPage)];
