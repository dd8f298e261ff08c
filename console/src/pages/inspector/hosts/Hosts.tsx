// Hosts: those that have enrolled or are invited, and those that somebody reported for.
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { sayWord, useText } from "@/i18n";
import { Name, Page, ResourceTable, Time } from "@/kit";
import { Link, navigate, to } from "@/router";
import { garrisonCall, useRegion } from "@/session";
import { moment } from "../moments";
import type { Host, ListedHosts } from "./api";
import { HostStatus } from "./HostStatus";
import { RevokeHost } from "./RevokeHost";
import { ScanHosts } from "./ScanHosts";
import { hostStrings } from "./strings";

export function HostsPage() {
  const t = useText(hostStrings);
  const region = useRegion();
  const [version, setVersion] = useState(0);
  const [revoking, setRevoking] = useState<string>();
  const [scanning, setScanning] = useState<string[]>();
  const install = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(to("inspector", "agents"));
      }}
    >
      {t("installAgents")}
    </Button>
  );
  return (
    <Page title={t("hosts")} description={t("hostsText")} help={t("help")}>
      <ResourceTable<Host>
        name="inspector.hosts"
        title={t("hosts")}
        dependencies={[region, version]}
        load={async ({ token, signal }) => {
          const answer = await garrisonCall<ListedHosts>("ListHosts", token ? { NextToken: token } : {}, signal);
          return { items: answer.Hosts, next: answer.NextToken };
        }}
        id={(host) => host.Name}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (host) => host.Name,
            cell: (host) => (
              <Link to={to("inspector", "hosts", host.Name)}>
                <Name>{host.Name}</Name>
              </Link>
            ),
            width: 220,
          },
          { id: "status", header: t("status"), value: (host) => sayWord(hostStrings, host.Status), cell: (host) => <HostStatus>{host.Status}</HostStatus>, width: 230 },
          { id: "id", header: t("instance"), value: (host) => host.HostId, width: 200 },
          { id: "reported", header: t("lastReport"), value: (host) => moment(host.LastReport?.ReceivedAt), cell: (host) => <Time at={moment(host.LastReport?.ReceivedAt)} ago />, unfiltered: true, width: 150 },
          { id: "tags", header: t("tags"), value: (host) => host.Tags?.map(({ Key, Value }) => `${Key}=${Value}`).join(", ") },
          { id: "expires", header: t("certificate"), value: (host) => moment(host.CertificateExpiresAt), hidden: true },
        ]}
        selection="multi"
        actions={(chosen) => (
          <>
            <Button
              disabled={chosen.length !== 1 || chosen[0]?.Status === "SCANNED"}
              onClick={() => {
                setRevoking(chosen[0]?.Name);
              }}
            >
              {t("revoke")}
            </Button>
            <Button
              disabled={chosen.length === 0 || chosen.some(({ Status }) => Status !== "ENROLLED")}
              onClick={() => {
                setScanning(chosen.map(({ Name: name }) => name));
              }}
            >
              {t("scanNow")}
            </Button>
            {install}
          </>
        )}
        empty={{ title: t("hostsEmpty"), text: t("hostsEmptyText"), action: install }}
      />
      {scanning ? (
        <ScanHosts
          hosts={scanning}
          onClose={() => {
            setScanning(undefined);
          }}
        />
      ) : null}
      {revoking ? (
        <RevokeHost
          host={revoking}
          onClose={(done) => {
            setRevoking(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
