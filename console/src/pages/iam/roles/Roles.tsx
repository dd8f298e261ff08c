// The list of roles.
import { IAMClient, ListRolesCommand, type Role } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Name, Page, ResourceTable } from "@/kit";
import { Link, navigate, to } from "@/router";
import { useClient } from "@/session";
import { documentOf } from "../holders";
import { rolePage } from "../names";
import { PathFilter, usePathPrefix } from "../PathFilter";
import { common } from "../strings/common";
import { strings } from "../strings/roles";
import { DeleteRole } from "./DeleteRole";
import { trustedIn } from "./trust";

export function RolesPage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const path = usePathPrefix();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        navigate(to("iam", "new-role"));
      }}
    >
      {t("createRole")}
    </Button>
  );
  return (
    <Page title={t("roles")} description={t("rolesText")} help={t("rolesHelp")}>
      <ResourceTable<Role>
        name="iam.roles"
        title={t("roles")}
        dependencies={[iam, path, version]}
        load={async ({ token, signal }) => {
          const answer = await iam.send(new ListRolesCommand({ PathPrefix: path, Marker: token }), { abortSignal: signal });
          return { items: answer.Roles ?? [], next: answer.Marker };
        }}
        filters={<PathFilter />}
        id={(role) => role.RoleName ?? ""}
        columns={[
          {
            id: "name",
            header: t("roleName"),
            value: (role) => role.RoleName,
            cell: (role) => (
              <Link to={rolePage(role.RoleName ?? "")}>
                <Name>{role.RoleName}</Name>
              </Link>
            ),
            width: 260,
          },
          { id: "trusted", header: t("trusted"), value: (role) => trustedIn(documentOf(role.AssumeRolePolicyDocument)).join(", ") },
          { id: "description", header: c("description"), value: (role) => role.Description },
          { id: "path", header: c("path"), value: (role) => role.Path, hidden: true },
          { id: "created", header: c("created"), value: (role) => role.CreateDate },
          { id: "arn", header: c("arn"), value: (role) => role.Arn, hidden: true },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.RoleName);
              }}
            >
              {c("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("rolesEmpty"), text: t("rolesEmptyText"), action: create }}
      />
      {deleting ? (
        <DeleteRole
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
