// A field in which groups are chosen.
import { IAMClient, ListGroupsCommand } from "@aws-sdk/client-iam";
import { useText } from "@/i18n";
import { useCall } from "@/kit";
import { useClient } from "@/session";
import { ChooseNames } from "../ChooseNames";
import { everyPage } from "../holders";
import { strings } from "../strings/people";

interface Properties {
  label: string;
  hint?: string;
  chosen: string[];
  without?: string[];
  onChange: (names: string[]) => void;
}

export function ChooseGroups(properties: Properties) {
  const t = useText(strings);
  const iam = useClient(IAMClient);
  const groups = useCall(
    async (abortSignal) =>
      everyPage(
        (Marker) => iam.send(new ListGroupsCommand({ Marker, MaxItems: 1000 }), { abortSignal }),
        (answer) => answer.Groups?.map(({ GroupName = "" }) => GroupName),
      ),
    [iam],
  );
  return <ChooseNames {...properties} placeholder={t("chooseGroups")} names={groups} />;
}
