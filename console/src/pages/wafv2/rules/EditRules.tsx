// Rules changed and saved: the draft, what it would cost, and what happens where somebody else saved first.
import type { Scope } from "@aws-sdk/client-wafv2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { useText } from "@/i18n";
import { CliPanel, ErrorAlert, flash, JsonDiff, useAction, useUnsaved } from "@/kit";
import { failureOf } from "@/session";
import { Conflict } from "../Conflict";
import { type Draft, draftOf } from "../draft";
import { strings } from "../strings";
import type { Document } from "../wire";
import { Builder } from "./Builder";

export interface Locking {
  shown: Document;
  token: string;
}

interface Properties {
  saved: Locking;
  scope: Scope;
  most: number;
  inGroup?: boolean;
  save: (draft: Draft, token: string) => Promise<unknown>;
  present: (signal: AbortSignal) => Promise<Locking>;
  command: (draft: Draft) => string;
  onSaved: () => void;
  /** What can be done with a draft before it is saved. */
  tryOut?: (draft: Draft) => ReactNode;
}

export function EditRules({ saved, scope, most, inGroup = false, save, present, command, onSaved, tryOut }: Properties) {
  const t = useText(strings);
  const [before] = useState(() => draftOf(saved.shown));
  const [draft, setDraft] = useState(before);
  const [broken, setBroken] = useState(false);
  const [round, setRound] = useState(0);
  const dirty = JSON.stringify(draft) !== JSON.stringify(before);
  const unsaved = useUnsaved(dirty || broken);
  const act = useAction(async (token: string) => {
    await save(draft, token);
    unsaved.forget();
    flash("success", t("saved"));
    onSaved();
  });
  const isConflict = act.error !== undefined && failureOf(act.error).code === "WAFOptimisticLockException";
  return (
    <SpaceBetween size="l">
      <Builder key={round} draft={draft} onChange={setDraft} onBroken={setBroken} scope={scope} most={most} inGroup={inGroup} />
      {dirty ? (
        <ExpandableSection variant="container" headerText={t("changes")}>
          <JsonDiff before={before} after={draft} />
        </ExpandableSection>
      ) : null}
      {broken ? null : tryOut?.(draft)}
      <Container header={<Header variant="h2">{t("saveDraft")}</Header>}>
        <SpaceBetween size="m">
          <SpaceBetween direction="horizontal" size="xs">
            <Button
              disabled={!dirty && !broken}
              onClick={() => {
                setDraft(before);
                setBroken(false);
                setRound(round + 1); // what was typed as JSON goes too
              }}
            >
              {t("discard")}
            </Button>
            <Button variant="primary" disabled={!dirty || broken} loading={act.busy} onClick={() => void act.run(saved.token)}>
              {t("save")}
            </Button>
          </SpaceBetween>
          {dirty && !broken ? <CliPanel commands={[command(draft)]} /> : null}
          {isConflict ? (
            <Conflict
              mine={draft}
              present={async (signal) => {
                const now = await present(signal);
                return { shown: draftOf(now.shown), token: now.token };
              }}
              onTheirs={onSaved}
              onMine={(token) => void act.run(token)}
            />
          ) : (
            <ErrorAlert error={act.error} />
          )}
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}
