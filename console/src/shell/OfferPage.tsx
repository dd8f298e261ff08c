// A link brought a sign-in that this browser did not ask for: somebody else may have made it, so the person is asked.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { useText } from "@/i18n";
import { ErrorAlert } from "@/kit/ErrorAlert";
import { KeyValues } from "@/kit/KeyValues";
import { Name } from "@/kit/Name";
import { useAction } from "@/kit/useCall";
import { acceptOffer, declineOffer, type Offer } from "@/session";
import { Entrance } from "./Entrance";
import { strings } from "./strings";

export default function OfferPage({ offer }: { offer: Offer }) {
  const t = useText(strings);
  const { identity, present } = offer;
  const accept = useAction(() => acceptOffer(offer));
  const decline = useAction(declineOffer);
  return (
    <Entrance title={t("offer", { name: identity.name, account: identity.account })} description={t("offerText")}>
      <SpaceBetween size="l">
        <KeyValues
          columns={1}
          facts={[
            [t("arn"), <Name key="arn">{identity.arn}</Name>],
            ...(present ? [[t("offerPresent"), <Name key="present">{present.name}</Name>] as [string, ReactNode]] : []),
          ]}
        />
        <Alert type="warning">{t("offerWarning")}</Alert>
        <ErrorAlert error={accept.error ?? decline.error} />
        <Button variant="primary" fullWidth loading={accept.busy} onClick={() => void accept.run()}>
          <bdi>{t("offerAccept", { name: identity.name })}</bdi>
        </Button>
        <Button fullWidth loading={decline.busy} onClick={() => void decline.run()}>
          <bdi>{present ? t("offerStay", { name: present.name }) : t("offerDecline")}</bdi>
        </Button>
      </SpaceBetween>
    </Entrance>
  );
}
