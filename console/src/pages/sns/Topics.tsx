// The list of topics.
import { DeleteTopicCommand, ListTopicsCommand, SNSClient, type Topic } from "@aws-sdk/client-sns";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, Confirm, flash, Name, Page, ResourceTable } from "@/kit";
import { Link, navigate } from "@/router";
import { useClient } from "@/session";
import { CreateTopic } from "./CreateTopic";
import { topicName, topicPage } from "./names";
import { strings } from "./strings";

export function TopicsPage() {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const [creating, setCreating] = useState(false);
  const [deleting, setDeleting] = useState<string>();
  const [version, setVersion] = useState(0);
  const create = (
    <Button
      variant="primary"
      onClick={() => {
        setCreating(true);
      }}
    >
      {t("createTopic")}
    </Button>
  );
  return (
    <Page title={t("topics")} description={t("topicsText")} help={t("help")}>
      <ResourceTable<Topic>
        name="sns.topics"
        title={t("topics")}
        dependencies={[sns, version]}
        load={async ({ token, signal }) => {
          const answer = await sns.send(new ListTopicsCommand({ NextToken: token }), { abortSignal: signal });
          return { items: answer.Topics ?? [], next: answer.NextToken };
        }}
        id={(topic) => topic.TopicArn ?? ""}
        label={(topic) => topicName(topic.TopicArn ?? "")}
        columns={[
          {
            id: "name",
            header: t("name"),
            value: (topic) => topicName(topic.TopicArn ?? ""),
            cell: (topic) => (
              <Link to={topicPage(topic.TopicArn ?? "")}>
                <Name>{topicName(topic.TopicArn ?? "")}</Name>
              </Link>
            ),
          },
          { id: "arn", header: t("arn"), value: (topic) => topic.TopicArn },
        ]}
        selection="single"
        actions={([chosen]) => (
          <>
            <Button
              disabled={!chosen}
              onClick={() => {
                setDeleting(chosen?.TopicArn);
              }}
            >
              {t("delete")}
            </Button>
            {create}
          </>
        )}
        empty={{ title: t("topicsEmpty"), text: t("topicsEmptyText"), action: create }}
      />
      {creating ? (
        <CreateTopic
          onClose={(arn) => {
            setCreating(false);
            if (arn) navigate(topicPage(arn));
          }}
        />
      ) : null}
      {deleting ? (
        <DeleteTopic
          arn={deleting}
          onClose={(done) => {
            setDeleting(undefined);
            if (done) setVersion(version + 1);
          }}
        />
      ) : null}
    </Page>
  );
}

export function DeleteTopic({ arn, onClose }: { arn: string; onClose: (done: boolean) => void }) {
  const t = useText(strings);
  const sns = useClient(SNSClient);
  const name = topicName(arn);
  return (
    <Confirm
      title={t("deleteTopic")}
      typed={name}
      commands={[cli("sns", "DeleteTopic", { TopicArn: arn })]}
      onConfirm={async () => {
        await sns.send(new DeleteTopicCommand({ TopicArn: arn }));
        flash("success", t("deleted", { name }));
      }}
      onClose={onClose}
    >
      <bdi>{t("deleteTopicText", { name })}</bdi>
    </Confirm>
  );
}
