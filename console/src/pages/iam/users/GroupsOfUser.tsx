// The groups that a user is in.
import { AddUserToGroupCommand, IAMClient } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, FormDialog, Name, ResourceTable, useCall } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { change, commandsOf, makeChanges } from "../changes";
import { ChooseGroups } from "../groups/ChooseGroups";
import { groupPage } from "../names";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { groupsOf, leaveGroup } from "./deletion";

export function GroupsOfUser({ name }: { name: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<string>();
  const groups = useCall((signal) => groupsOf(iam, name, signal), [iam, name]);
  const add = (
    <Button
      onClick={() => {
        setAdding(true);
      }}
    >
      {t("addToGroups")}
    </Button>
  );
  return (
    <>
      <ResourceTable<string>
        plain
        name="iam.user.groups"
        title={t("groups")}
        items={groups.data ?? []}
        loading={groups.loading}
        error={groups.error}
        onReload={groups.reload}
        id={(group) => group}
        selection="single"
        columns={[
          {
            id: "name",
            header: t("groupName"),
            value: (group) => group,
            cell: (group) => (
              <Link to={groupPage(group)}>
                <Name>{group}</Name>
              </Link>
            ),
          },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setLeaving(chosen);
              }}
            >
              {t("leaveGroup")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("ofNoGroup"), text: t("ofNoGroupText"), action: add }}
      />
      {adding ? (
        <AddToGroups
          user={name}
          without={groups.data ?? []}
          onClose={(done) => {
            setAdding(false);
            if (done) groups.reload();
          }}
        />
      ) : null}
      {leaving ? (
        <Confirm
          title={t("leaveGroup")}
          action={c("remove")}
          commands={[leaveGroup(name, leaving).command]}
          onConfirm={() => leaveGroup(name, leaving).send(iam)}
          onClose={(done) => {
            setLeaving(undefined);
            if (done) groups.reload();
          }}
        >
          <bdi>{t("removeMemberText", { user: name, group: leaving })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}

function AddToGroups({ user, without, onClose }: { user: string; without: string[]; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [chosen, setChosen] = useState<string[]>([]);
  const changes = chosen
    .map((GroupName) => ({ UserName: user, GroupName }))
    .map((input) => change("AddUserToGroup", input, (client) => client.send(new AddUserToGroupCommand(input))));
  return (
    <FormDialog
      title={t("addToGroups")}
      action={c("add")}
      ready={chosen.length > 0}
      commands={commandsOf(changes)}
      onSubmit={async () => {
        await makeChanges(iam, changes);
        flash("success", c("saved"));
      }}
      onClose={onClose}
    >
      <ChooseGroups label={t("groups")} chosen={chosen} without={without} onChange={setChosen} />
    </FormDialog>
  );
}
