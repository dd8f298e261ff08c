// The form of a password sign-in; a password that must be changed is changed here. Also in the dialog of an ended session.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useText } from "@/i18n";
import { TextField } from "@/kit/TextField";
import { useAction } from "@/kit/useCall";
import { failureOf, signIn } from "@/session";
import { NewPassword } from "./NewPassword";
import { strings } from "./strings";

interface Properties {
  account: string;
  note?: string;
  /** Only this user (undefined is root) may sign in, where a session is gone on with. */
  only?: { user: string | undefined };
}

export function SignInForm({ account, note, only }: Properties) {
  const t = useText(strings);
  const [kind, setKind] = useState(only && only.user === undefined ? "root" : "user");
  const [number, setNumber] = useState(account);
  const [user, setUser] = useState(only?.user ?? "");
  const [password, setPassword] = useState("");
  const [mfaCode, setMfaCode] = useState("");
  const [refusal, setRefusal] = useState(note);
  const [changeToken, setChangeToken] = useState<string>();
  const isRoot = kind === "root";

  const act = useAction(async () => {
    const answer = await signIn({
      account: number.trim(),
      password,
      ...(isRoot ? {} : { user: user.trim() }),
      ...(mfaCode ? { mfaCode: mfaCode.trim() } : {}),
    });
    if (answer.kind === "mustChange") setChangeToken(answer.changeToken);
    if (answer.kind === "refused") {
      setRefusal(answer.message);
      setPassword("");
      setMfaCode("");
    }
  });
  if (changeToken !== undefined) return <NewPassword changeToken={changeToken} />;
  const message = act.error === undefined ? refusal : failureOf(act.error).message;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act.run();
      }}
    >
      <SpaceBetween size="m">
        {message ? <Alert type="error">{message}</Alert> : null}
        {only ? null : (
          <RadioGroup
            ariaLabel={t("as")}
            direction="horizontal"
            value={kind}
            items={[
              { value: "user", label: t("asUser") },
              { value: "root", label: t("asRoot") },
            ]}
            onChange={({ detail }) => {
              setKind(detail.value);
            }}
          />
        )}
        {isRoot ? <Alert type="warning">{t("rootWarning")}</Alert> : null}
        {only ? null : <TextField label={t("account")} value={number} onChange={setNumber} inputMode="numeric" />}
        {isRoot ? null : <TextField label={t("user")} value={user} onChange={setUser} autoComplete="username" disabled={only !== undefined} autoFocus={!only} />}
        <TextField label={t("password")} value={password} onChange={setPassword} type="password" autoComplete="current-password" autoFocus={only !== undefined} />
        <TextField
          label={
            <>
              {t("mfaCode")} – <i>{t("optional")}</i>
            </>
          }
          description={t("mfaHint")}
          value={mfaCode}
          onChange={setMfaCode}
          inputMode="numeric"
          autoComplete="one-time-code"
        />
        <Button variant="primary" fullWidth formAction="submit" loading={act.busy}>
          {t("signIn")}
        </Button>
      </SpaceBetween>
    </form>
  );
}
