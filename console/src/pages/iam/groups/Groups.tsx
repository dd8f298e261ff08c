// The list of user groups.
import { CreateGroupCommand, type Group, IAMClient, ListGroupsCommand } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, Name, Page, ResourceTable, TextField } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import { groupPage } from "../names";
import { PathFilter, usePathPrefix } from "../PathFilter";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { DeleteGroup } from "./DeleteGroup";

export function GroupsPage() {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const path = usePathPrefix();
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createGroup")}
    </Button>
  );
  return (
    <Page title={t("groups")} description={t("groupsText")} help={t("groupsHelp")}>
      <ResourceTable<Group>
        name="iam.groups"
        title={t("groups")}
        dependencies={[iam, path, version]}
        load={async ({ token, signal }) => {
          const answer = await iam.send(new ListGroupsCommand({ PathPrefix: path, Marker: token }), { abortSignal: signal });
          return { items: answer.Groups ?? [], next: answer.Marker };
        }}
        filters={<PathFilter />}
        id={(group) => group.GroupName ?? ""}
        columns={[
          {
            id: "name",
            header: t("groupName"),
            value: (group) => group.GroupName,
            cell: (group) => (
              <Link to={groupPage(group.GroupName ?? "")}>
                <Name>{group.GroupName}</Name>
              </Link>
            ),
          },
          { id: "path", header: c("path"), value: (group) => group.Path },
          { id: "created", header: c("created"), value: (group) => group.CreateDate },
          { id: "arn", header: c("arn"), value: (group) => group.Arn, hidden: true },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.GroupName);
              }}
            >
              {c("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("groupsEmpty"), text: t("groupsEmptyText"), action: create }}
      />
      {creating ? (
        <CreateGroup
          onClose={(name) => {
            setCreating(false);
            if (name) navigate(groupPage(name));
          }}
        />
      ) : null}
      {deleting ? (
        <DeleteGroup
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

function CreateGroup({ onClose }: { onClose: (name: string | undefined) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [name, setName] = useState("");
  const [path, setPath] = useState("/");
  const input = { GroupName: name, ...(path === "/" ? {} : { Path: path }) };
  return (
    <FormDialog
      title={t("createGroup")}
      action={t("createGroup")}
      ready={name !== ""}
      commands={[cli("iam", "CreateGroup", input)]}
      onSubmit={async () => {
        await iam.send(new CreateGroupCommand(input));
        flash("success", t("createdGroup", { name }));
      }}
      onClose={(done) => {
        onClose(done ? name : undefined);
      }}
    >
      <TextField label={t("groupName")} description={t("groupNameHint")} value={name} onChange={setName} autoFocus />
      <TextField label={c("path")} description={t("pathHint")} value={path} onChange={setPath} />
    </FormDialog>
  );
}
