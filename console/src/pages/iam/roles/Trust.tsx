// A role's trust policy: who may assume it; edited, replayed, saved.
import { IAMClient, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { cli, Name } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { arnPage } from "../names";
import { EditAttachedPolicy } from "../policies/EditAttachedPolicy";
import { strings } from "../strings/roles";
import { trustedIn } from "./trust";

interface Properties {
  name: string;
  arn: string;
  document: string;
  onSaved: () => void;
}

export function Trust({ name, arn, document, onSaved }: Properties) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  return (
    <SpaceBetween size="l">
      <Container header={<Header description={t("trustText")}>{t("trusted")}</Header>}>
        <SpaceBetween size="xxs">
          {trustedIn(document).map((one) => (
            <Trusted key={one} arn={one} />
          ))}
        </SpaceBetween>
      </Container>
      <EditAttachedPolicy
        kind="TRUST_POLICY"
        arn={arn}
        document={document}
        words={[t("saveTrust"), t("trustSaved")]}
        put={(PolicyDocument) => {
          const input = { RoleName: name, PolicyDocument };
          return { command: cli("iam", "UpdateAssumeRolePolicy", input), send: () => iam.send(new UpdateAssumeRolePolicyCommand(input)) };
        }}
        onSaved={onSaved}
      />
    </SpaceBetween>
  );
}

function Trusted({ arn }: { arn: string }) {
  const page = arnPage(arn);
  if (!page) return <Name>{arn}</Name>;
  return (
    <Link to={page}>
      <Name>{arn}</Name>
    </Link>
  );
}
