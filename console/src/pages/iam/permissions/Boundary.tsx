// The permissions boundary of a user or role.
import { IAMClient } from "@aws-sdk/client-iam";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { Confirm, flash, Name } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import type { Holder } from "../holders";
import { nameInArn, policyPage } from "../names";
import { common } from "../strings/common";
import { putBoundary, removeBoundary } from "./boundaries";
import { ChoosePolicies } from "./ChoosePolicies";

interface Properties {
  holder: Holder;
  boundary: string | undefined;
  onChange: () => void;
}

export function Boundary({ holder, boundary, onChange }: Properties) {
  const t = useText(common);
  const iam = useClient(IAMClient);
  const [open, setOpen] = useState<"set" | "remove">();
  const close = (done: boolean) => {
    setOpen(undefined);
    if (done) onChange();
  };
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button
        disabled={!boundary}
        onClick={() => {
          setOpen("remove");
        }}
      >
        {t("removeBoundary")}
      </Button>
      <Button
        onClick={() => {
          setOpen("set");
        }}
      >
        {t("setBoundary")}
      </Button>
    </SpaceBetween>
  );
  return (
    <Container
      header={
        <Header description={t("boundaryText")} actions={actions}>
          {t("boundary")}
        </Header>
      }
    >
      {boundary ? (
        <Link to={policyPage(boundary)}>
          <Name>{nameInArn(boundary)}</Name>
        </Link>
      ) : (
        <Box color="text-body-secondary">{t("boundaryNone")}</Box>
      )}
      {open === "set" ? (
        <ChoosePolicies
          title={t("setBoundary")}
          text={t("boundaryText")}
          action={t("setBoundary")}
          most="single"
          without={boundary ? [boundary] : []}
          commands={(arns) => arns.map((arn) => putBoundary(holder, arn).command)}
          onChoose={async ([arn = ""]) => {
            await putBoundary(holder, arn).send(iam);
            flash("success", t("saved"));
          }}
          onClose={close}
        />
      ) : null}
      {open === "remove" ? (
        <Confirm title={t("removeBoundary")} action={t("removeBoundary")} commands={[removeBoundary(holder).command]} onConfirm={() => removeBoundary(holder).send(iam)} onClose={close}>
          <bdi>{t("removeBoundaryText", { name: holder.name })}</bdi>
        </Confirm>
      ) : null}
    </Container>
  );
}
