// A new password in place of one that must be changed.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { TextField } from "@/kit/TextField";
import { useAction } from "@/kit/useCall";
import { failureOf, signIn } from "@/session";
import { strings } from "./strings";

export function NewPassword({ changeToken }: { changeToken: string }) {
  const t = useText(strings);
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [refusal, setRefusal] = useState("");
  const differ = again !== "" && again !== password;
  const act = useAction(async () => {
    const answer = await signIn({ changeToken, newPassword: password });
    if (answer.kind !== "signedIn") setRefusal(answer.message);
  });
  const message = act.error === undefined ? refusal : failureOf(act.error).message;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (password && password === again) void act.run();
      }}
    >
      <SpaceBetween size="m">
        <Box variant="h2">{t("changePassword")}</Box>
        <span>{t("changeText")}</span>
        {message ? <Alert type="error">{message}</Alert> : null}
        <TextField label={t("newPassword")} type="password" autoComplete="new-password" value={password} onChange={setPassword} />
        <TextField
          label={t("repeat")}
          type="password"
          autoComplete="new-password"
          value={again}
          onChange={setAgain}
          {...(differ ? { error: t("repeatWrong") } : {})}
        />
        <Button variant="primary" fullWidth formAction="submit" loading={act.busy}>
          {t("change")}
        </Button>
      </SpaceBetween>
    </form>
  );
}
