// The configurations that scans are made by: made, changed and deleted here.
import { type CisScanConfiguration, DeleteCisScanConfigurationCommand, Inspector2Client, ListCisScanConfigurationsCommand } from "@aws-sdk/client-inspector2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Name, ResourceTable } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { writtenTags } from "../hostTags";
import { cisPage } from "./addresses";
import { ConfigurationForm } from "./ConfigurationForm";
import { timesInWords } from "./schedule";
import { cisStrings } from "./strings";

type Open = { what: "create" } | { what: "edit" | "delete"; chosen: CisScanConfiguration };

export function Configurations() {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const [version, setVersion] = useState(0);
  const [open, setOpen] = useState<Open>();
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) setVersion(version + 1);
  };
  const button = (what: "edit" | "delete", chosen: CisScanConfiguration | undefined) => (
    <Button
      disabled={!chosen}
      onClick={() => {
        if (chosen) setOpen({ what, chosen });
      }}
    >
      {t(what)}
    </Button>
  );
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setOpen({ what: "create" });
      }}
    >
      {t("create")}
    </Button>
  );
  return (
    <>
      <ResourceTable<CisScanConfiguration>
        name="inspector.cis.configurations"
        filterKey="configuration"
        title={t("configurations")}
        dependencies={[inspector, version]}
        load={async ({ token, signal }) => {
          const answer = await inspector.send(new ListCisScanConfigurationsCommand({ maxResults: 100, nextToken: token }), { abortSignal: signal });
          return { items: answer.scanConfigurations ?? [], next: answer.nextToken };
        }}
        id={(one) => one.scanConfigurationArn ?? ""}
        label={(one) => one.scanName ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (one) => one.scanName,
            cell: (one) => (
              <Link to={cisPage({ filter: `name=${one.scanName ?? ""}` })}>
                <Name>{one.scanName}</Name>
              </Link>
            ),
            width: 230,
          },
          { id: "schedule", header: t("schedule"), value: (one) => timesInWords(one.schedule, t), width: 340 },
          { id: "level", header: t("level"), value: (one) => one.securityLevel && t(one.securityLevel), width: 110 },
          { id: "tags", header: t("hosts"), value: (one) => writtenTags(one.targets?.targetResourceTags) },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            {button("delete", chosen)}
            {button("edit", chosen)}
            {create}
          </>
        )}
        empty={{ title: t("configurationsEmpty"), text: t("configurationsEmptyText"), action: create }}
      />
      {open?.what === "create" ? <ConfigurationForm onClose={close} /> : null}
      {open?.what === "edit" ? <ConfigurationForm kept={open.chosen} onClose={close} /> : null}
      {open?.what === "delete" ? <DeleteConfiguration configuration={open.chosen} onClose={close} /> : null}
    </>
  );
}

function DeleteConfiguration({ configuration, onClose }: { configuration: CisScanConfiguration; onClose: (done: boolean) => void }) {
  const t = useText(cisStrings);
  const inspector = useClient(Inspector2Client);
  const input = { scanConfigurationArn: configuration.scanConfigurationArn };
  const name = configuration.scanName ?? "";
  return (
    <Confirm
      title={t("deleteTitle")}
      commands={[cli("inspector2", "DeleteCisScanConfiguration", input)]}
      onConfirm={async () => {
        await inspector.send(new DeleteCisScanConfigurationCommand(input));
        flash("success", t("deleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteText", { name })}</bdi>
    </Confirm>
  );
}
