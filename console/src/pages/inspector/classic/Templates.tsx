// Assessment templates: what is assessed by which rules, and runs started from them.
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useRegion } from "@/session";
import { moment } from "../moments";
import { classic, type Template, templates } from "./api";
import { CreateTemplate } from "./CreateTemplate";
import { formatMinutes } from "./minutes";
import { StartRun } from "./StartRun";
import { classicStrings } from "./strings";

export function TemplatesPage() {
  const t = useText(classicStrings);
  const region = useRegion();
  const [version, setVersion] = useState(0);
  const [open, setOpen] = useState<{ what: "create" } | { what: "start" | "delete"; template: Template }>();
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) setVersion(version + 1);
  };
  const create = (
    <Button
      onClick={() => {
        setOpen({ what: "create" });
      }}
    >
      {t("createTemplate")}
    </Button>
  );
  return (
    <Page title={t("templates")} description={t("templatesText")} help={t("help")}>
      <ResourceTable<Template>
        name="inspector.templates"
        title={t("templates")}
        dependencies={[region, version]}
        load={(asked) => templates.list({}, asked)}
        id={(one) => one.arn}
        label={(one) => one.name}
        columns={[
          { id: "name", header: t("name"), value: (one) => one.name, width: 250 },
          { id: "duration", header: t("duration"), value: (one) => one.durationInSeconds, cell: (one) => formatMinutes(one.durationInSeconds), width: 120 },
          { id: "packages", header: t("packages"), value: (one) => one.rulesPackageArns.length, width: 150 },
          { id: "runs", header: t("runCount"), value: (one) => one.assessmentRunCount, width: 90 },
          {
            id: "last",
            header: t("lastRun"),
            cell: (one) =>
              one.lastAssessmentRunArn ? (
                <Link to={to("inspector", "runs", one.lastAssessmentRunArn)}>{t("lastRunLink", { name: one.name })}</Link>
              ) : (
                "—"
              ),
          },
          { id: "created", header: t("created"), value: (one) => moment(one.createdAt) },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                if (chosen) setOpen({ what: "delete", template: chosen });
              }}
            >
              {t("deleteTemplate")}
            </Button>
            {create}
            <Button
              variant="primary"
              disabled={!chosen}
              onClick={() => {
                if (chosen) setOpen({ what: "start", template: chosen });
              }}
            >
              {t("startRun")}
            </Button>
          </>
        )}
        empty={{ title: t("templatesEmpty"), text: t("templatesEmptyText"), action: create }}
      />
      {open?.what === "create" ? <CreateTemplate onClose={close} /> : null}
      {open?.what === "start" ? (
        <StartRun
          template={open.template}
          onClose={(run) => {
            close(false);
            if (run) navigate(to("inspector", "runs", run));
          }}
        />
      ) : null}
      {open?.what === "delete" ? <DeleteTemplate template={open.template} onClose={close} /> : null}
    </Page>
  );
}

function DeleteTemplate({ template, onClose }: { template: Template; onClose: (done: boolean) => void }) {
  const t = useText(classicStrings);
  const input = { assessmentTemplateArn: template.arn };
  return (
    <Confirm
      title={t("deleteTemplate")}
      action={t("deleteTemplate")}
      typed={template.name}
      commands={[cli("inspector", "DeleteAssessmentTemplate", input)]}
      onConfirm={async () => {
        await classic("DeleteAssessmentTemplate", input);
        flash("success", t("deleted", { name: template.name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteTemplateText", { name: template.name })}</bdi>
    </Confirm>
  );
}
