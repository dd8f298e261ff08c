// Assessment targets: which hosts are assessed.
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Page, ResourceTable } from "@/kit";
import { useRegion } from "@/session";
import { moment } from "../moments";
import { classic, type Target, targets } from "./api";
import { CreateTarget } from "./CreateTarget";
import { classicStrings } from "./strings";

export function TargetsPage() {
  const t = useText(classicStrings);
  const region = useRegion();
  const [version, setVersion] = useState(0);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<Target>();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createTarget")}
    </Button>
  );
  return (
    <Page title={t("targets")} description={t("targetsText")} help={t("help")}>
      <ResourceTable<Target>
        name="inspector.targets"
        title={t("targets")}
        dependencies={[region, version]}
        load={(asked) => targets.list({}, asked)}
        id={(one) => one.arn}
        label={(one) => one.name}
        columns={[
          { id: "name", header: t("name"), value: (one) => one.name, width: 250 },
          { id: "hosts", header: t("hosts"), value: (one) => t(one.resourceGroupArn ? "byTags" : "allHosts"), width: 130 },
          { id: "arn", header: t("arn"), value: (one) => one.arn, width: 420 },
          { id: "created", header: t("created"), value: (one) => moment(one.createdAt) },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen);
              }}
            >
              {t("deleteTarget")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("targetsEmpty"), text: t("targetsEmptyText"), action: create }}
      />
      {creating ? (
        <CreateTarget
          onClose={(done) => {
            setCreating(false);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
      {deleting ? (
        <Confirm
          title={t("deleteTarget")}
          action={t("deleteTarget")}
          typed={deleting.name}
          commands={[cli("inspector", "DeleteAssessmentTarget", { assessmentTargetArn: deleting.arn })]}
          onConfirm={async () => {
            await classic("DeleteAssessmentTarget", { assessmentTargetArn: deleting.arn });
            flash("success", t("deleted", { name: deleting.name }));
          }}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        >
          <bdi>{t("deleteTargetText", { name: deleting.name })}</bdi>
        </Confirm>
      ) : null}
    </Page>
  );
}
