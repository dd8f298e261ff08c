// The list of conformance packs.
import {
  type ConformancePackComplianceSummary,
  type ConformancePackDetail,
  ConfigServiceClient,
  DescribeConformancePacksCommand,
  GetConformancePackComplianceSummaryCommand,
} from "@aws-sdk/client-config-service";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { ErrorAlert, Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { Compliance } from "./Compliance";
import { DeletePack } from "./DeletePack";
import { packPage } from "./names";
import { strings } from "./strings";

interface Row extends ConformancePackDetail {
  compliance?: ConformancePackComplianceSummary["ConformancePackComplianceStatus"];
}
/** So many names the summary takes at once. */
const AT_ONCE = 5;

export function PacksPage() {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const [unseen, setUnseen] = useState<unknown>();
  const withCompliance = async (packs: ConformancePackDetail[], abortSignal: AbortSignal): Promise<Row[]> => {
    const known = new Map<string | undefined, Row["compliance"]>();
    try {
      for (let at = 0; at < packs.length; at += AT_ONCE) {
        const ConformancePackNames = packs.slice(at, at + AT_ONCE).map(({ ConformancePackName }) => ConformancePackName ?? "");
        const answer = await config.send(new GetConformancePackComplianceSummaryCommand({ ConformancePackNames }), { abortSignal });
        for (const one of answer.ConformancePackComplianceSummaryList ?? []) known.set(one.ConformancePackName, one.ConformancePackComplianceStatus);
      }
      setUnseen(undefined);
    } catch (error) {
      if (abortSignal.aborted) throw error;
      setUnseen(error);
    }
    return packs.map((pack) => ({ ...pack, compliance: known.get(pack.ConformancePackName) }));
  };
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(to("config", "packs", "-", "new"));
      }}
    >
      {t("createPack")}
    </Button>
  );
  return (
    <Page title={t("packs")} description={t("packsText")} help={t("helpPacks")}>
      <ErrorAlert compact error={unseen} />
      <ResourceTable<Row>
        name="config.packs"
        title={t("packs")}
        dependencies={[config, version]}
        load={async ({ token, signal }) => {
          const answer = await config.send(new DescribeConformancePacksCommand({ NextToken: token }), { abortSignal: signal });
          return { items: await withCompliance(answer.ConformancePackDetails ?? [], signal), next: answer.NextToken };
        }}
        id={(pack) => pack.ConformancePackName ?? ""}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (pack) => pack.ConformancePackName,
            cell: (pack) => (
              <Link to={packPage(pack.ConformancePackName ?? "")}>
                <Name>{pack.ConformancePackName}</Name>
              </Link>
            ),
          },
          { id: "compliance", header: t("compliance"), value: (pack) => pack.compliance, cell: (pack) => <Compliance>{pack.compliance}</Compliance> },
          { id: "updated", header: t("updated"), value: (pack) => pack.LastUpdateRequestedTime, unfiltered: true },
          { id: "createdBy", header: t("createdBy"), value: (pack) => pack.CreatedBy },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.ConformancePackName);
              }}
            >
              {t("deletePack")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("packsEmpty"), text: t("packsEmptyText"), action: create }}
      />
      {deleting ? (
        <DeletePack
          name={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}
