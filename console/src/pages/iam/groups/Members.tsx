// The users of a group.
import { AddUserToGroupCommand, GetGroupCommand, IAMClient, ListUsersCommand, type User } from "@aws-sdk/client-iam";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, FormDialog, Name, ResourceTable, useCall } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { change, commandsOf, makeChanges } from "../changes";
import { ChooseNames } from "../ChooseNames";
import { everyPage } from "../holders";
import { userPage } from "../names";
import { common } from "../strings/common";
import { strings } from "../strings/people";
import { leaveGroup } from "../users/deletion";

export function Members({ group }: { group: string }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<string>();
  const [version, setVersion] = useState(0);
  const add = (
    <Button
      onClick={() => {
        setAdding(true);
      }}
    >
      {t("addMembers")}
    </Button>
  );
  return (
    <>
      <ResourceTable<User>
        name="iam.members"
        filterKey="member"
        title={t("members")}
        description={t("membersText")}
        dependencies={[iam, group, version]}
        load={async ({ token, signal }) => {
          const answer = await iam.send(new GetGroupCommand({ GroupName: group, Marker: token }), { abortSignal: signal });
          return { items: answer.Users ?? [], next: answer.Marker };
        }}
        id={(user) => user.UserName ?? ""}
        selection="single"
        columns={[
          {
            id: "name",
            header: t("userName"),
            value: (user) => user.UserName,
            cell: (user) => (
              <Link to={userPage(user.UserName ?? "")}>
                <Name>{user.UserName}</Name>
              </Link>
            ),
          },
          { id: "created", header: c("created"), value: (user) => user.CreateDate },
        ]}
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setLeaving(chosen?.UserName);
              }}
            >
              {t("removeMember")}
            </Button>
            {add}
          </>
        )}
        empty={{ title: t("membersEmpty"), text: t("membersEmptyText"), action: add }}
      />
      {adding ? (
        <AddMembers
          group={group}
          onClose={(done) => {
            setAdding(false);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
      {leaving ? (
        <Confirm
          title={t("removeMember")}
          action={t("removeMember")}
          commands={[leaveGroup(leaving, group).command]}
          onConfirm={() => leaveGroup(leaving, group).send(iam)}
          onClose={(done) => {
            setLeaving(undefined);
            if (done) setVersion(version + 1);
          }}
        >
          <bdi>{t("removeMemberText", { user: leaving, group })}</bdi>
        </Confirm>
      ) : null}
    </>
  );
}

function AddMembers({ group, onClose }: { group: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const c = useText(common);
  const iam = useClient(IAMClient);
  const [chosen, setChosen] = useState<string[]>([]);
  const users = useCall(
    async (abortSignal) =>
      everyPage(
        (Marker) => iam.send(new ListUsersCommand({ Marker, MaxItems: 1000 }), { abortSignal }),
        (answer) => answer.Users?.map(({ UserName = "" }) => UserName),
      ),
    [iam],
  );
  const changes = chosen
    .map((UserName) => ({ UserName, GroupName: group }))
    .map((input) => change("AddUserToGroup", input, (client) => client.send(new AddUserToGroupCommand(input))));
  return (
    <FormDialog
      title={t("addMembers")}
      action={c("add")}
      ready={chosen.length > 0}
      commands={commandsOf(changes)}
      onSubmit={async () => {
        await makeChanges(iam, changes);
        flash("success", t("addedMembers", { count: chosen.length }));
      }}
      onClose={onClose}
    >
      <ChooseNames label={t("members")} placeholder={t("users")} names={users} chosen={chosen} onChange={setChosen} />
    </FormDialog>
  );
}
