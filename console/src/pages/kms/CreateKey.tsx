// The dialog that makes a key.
import { CreateAliasCommand, CreateKeyCommand, type CreateKeyCommandInput, DescribeCustomKeyStoresCommand, type KeySpec, KMSClient, type KeyUsageType } from "@aws-sdk/client-kms";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import Tiles from "@cloudscape-design/components/tiles";
import { useState } from "react";
import { useText } from "@/i18n";
import { cli, flash, FormDialog, TextField, useCall } from "@/kit";
import { useClient } from "@/session";
import { strings } from "./strings";

type Usage = Exclude<KeyUsageType, "ENCAPSULATE_DECAPSULATE">; // which Garrison does not make

const SPECS: Record<Usage, KeySpec[]> = {
  ENCRYPT_DECRYPT: ["SYMMETRIC_DEFAULT", "RSA_2048", "RSA_3072", "RSA_4096"],
  SIGN_VERIFY: ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "RSA_2048", "RSA_3072", "RSA_4096"],
  GENERATE_VERIFY_MAC: ["HMAC_256", "HMAC_224", "HMAC_384", "HMAC_512"],
  KEY_AGREEMENT: ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"],
};
const USAGES = Object.keys(SPECS) as Usage[];

export function CreateKey({ onClose }: { onClose: (id: string | undefined) => void }) {
  const t = useText(strings);
  const kms = useClient(KMSClient);
  const [alias, setAlias] = useState("");
  const [description, setDescription] = useState("");
  const [usage, setUsage] = useState<Usage>("ENCRYPT_DECRYPT");
  const [spec, setSpec] = useState<KeySpec>("SYMMETRIC_DEFAULT");
  const [store, setStore] = useState("");
  const [made, setMade] = useState<string>();
  const stores = useCall(async (abortSignal) => (await kms.send(new DescribeCustomKeyStoresCommand({}), { abortSignal })).CustomKeyStores ?? [], [kms]);
  const input: CreateKeyCommandInput = {
    KeyUsage: usage,
    KeySpec: spec,
    ...(description ? { Description: description } : {}),
    ...(store ? { Origin: "AWS_CLOUDHSM", CustomKeyStoreId: store } : {}),
  };
  const aliased = (TargetKeyId: string) => ({ AliasName: `alias/${alias.replace(/^alias\//, "")}`, TargetKeyId });
  const places = [{ value: "", label: t("inSoftware") }, ...(stores.data ?? []).map((one) => ({ value: one.CustomKeyStoreId ?? "", label: one.CustomKeyStoreName ?? "" }))];
  return (
    <FormDialog
      size="large"
      title={t("createKey")}
      action={t("createKey")}
      commands={[cli("kms", "CreateKey", input), ...(alias ? [cli("kms", "CreateAlias", aliased(made ?? "KEY-ID"))] : [])]}
      onSubmit={async () => {
        // Where only the alias fails, trying again makes no second key.
        const id = made ?? (await kms.send(new CreateKeyCommand(input))).KeyMetadata?.KeyId ?? "";
        setMade(id);
        if (alias) await kms.send(new CreateAliasCommand(aliased(id)));
        flash("success", t("createdKey"));
        onClose(id);
      }}
      onClose={(done) => {
        if (!done) onClose(made);
      }}
    >
      <TextField label={t("alias")} description={t("aliasHint")} value={alias} onChange={setAlias} autoFocus />
      <TextField label={t("description")} value={description} onChange={setDescription} />
      <FormField label={t("usage")} stretch>
        <Tiles
          ariaLabel={t("usage")}
          columns={2}
          value={usage}
          items={USAGES.map((value) => ({ value, label: t(value), description: t(`usageText_${value}`) }))}
          onChange={({ detail }) => {
            const chosen = detail.value as Usage;
            setUsage(chosen);
            setSpec(SPECS[chosen][0] ?? "SYMMETRIC_DEFAULT");
          }}
        />
      </FormField>
      <FormField label={t("spec")}>
        <Select
          selectedOption={{ value: spec, label: spec }}
          options={SPECS[usage].map((value) => ({ value, label: value }))}
          onChange={({ detail }) => {
            setSpec(detail.selectedOption.value as KeySpec);
          }}
        />
      </FormField>
      {places.length > 1 ? (
        <FormField label={t("inStore")}>
          <Select
            selectedOption={places.find((one) => one.value === store) ?? null}
            options={places}
            onChange={({ detail }) => {
              setStore(detail.selectedOption.value ?? "");
            }}
          />
        </FormField>
      ) : null}
    </FormDialog>
  );
}
