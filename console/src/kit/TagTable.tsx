// Tags of a thing, and the dialog that changes them.
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";
import { useText } from "@/i18n";
import { flash } from "./flash";
import { FormDialog } from "./FormDialog";
import { strings } from "./strings";
import { ResourceTable } from "./table/ResourceTable";

export interface KeyAndValue {
  key: string;
  value: string;
}

interface Properties {
  /** Names the table in the browser's preferences. */
  name: string;
  tags: KeyAndValue[];
  loading?: boolean;
  error?: unknown;
  emptyText: string;
  onReload: () => void;
  /** The commands that do the same. */
  commands: (changed: KeyAndValue[], removed: string[]) => string[];
  onSave: (changed: KeyAndValue[], removed: string[]) => Promise<unknown>;
}

export function TagTable({ emptyText, onReload, commands, onSave, ...table }: Properties) {
  const t = useText(strings);
  const [editing, setEditing] = useState(false);
  const edit = (
    <Button
      onClick={() => {
        setEditing(true);
      }}
    >
      {t("editTags")}
    </Button>
  );
  return (
    <>
      <ResourceTable<KeyAndValue>
        plain
        name={table.name}
        title={t("tags")}
        items={table.tags}
        loading={table.loading ?? false}
        error={table.error}
        onReload={onReload}
        id={(tag) => tag.key}
        columns={[
          { id: "key", header: t("tagKey"), value: (tag) => tag.key },
          { id: "value", header: t("tagValue"), value: (tag) => tag.value },
        ]}
        actions={() => edit}
        empty={{ title: t("noTags"), text: emptyText }}
      />
      {editing ? (
        <EditTags
          tags={table.tags}
          commands={commands}
          onSave={onSave}
          onClose={(done) => {
            setEditing(false);
            if (done) onReload();
          }}
        />
      ) : null}
    </>
  );
}

interface EditProperties extends Pick<Properties, "tags" | "commands" | "onSave"> {
  onClose: (done: boolean) => void;
}

function EditTags({ tags, commands, onSave, onClose }: EditProperties) {
  const t = useText(strings);
  const [edited, setEdited] = useState(tags);
  const changed = edited.filter(({ key, value }) => key !== "" && tags.find((tag) => tag.key === key)?.value !== value);
  const removed = tags.map(({ key }) => key).filter((key) => !edited.some((tag) => tag.key === key));
  const isDoubled = new Set(edited.map(({ key }) => key)).size < edited.length;
  return (
    <FormDialog
      title={t("editTags")}
      action={t("save")}
      ready={!isDoubled && (changed.length > 0 || removed.length > 0)}
      commands={commands(changed, removed)}
      onSubmit={async () => {
        await onSave(changed, removed);
        flash("success", t("saved"));
      }}
      onClose={onClose}
    >
      <TagFields tags={edited} onChange={setEdited} />
    </FormDialog>
  );
}

/** The tags in a form: as many lines as one adds. */
export function TagFields({ tags, onChange }: { tags: KeyAndValue[]; onChange: (tags: KeyAndValue[]) => void }) {
  const t = useText(strings);
  const set = (index: number, part: Partial<KeyAndValue>) => {
    onChange(tags.map((tag, at) => (at === index ? { ...tag, ...part } : tag)));
  };
  return (
    <AttributeEditor<KeyAndValue>
      items={tags}
      addButtonText={t("addTag")}
      removeButtonText={t("remove")}
      empty={t("noTags")}
      definition={[
        {
          label: t("tagKey"),
          control: (tag, index) => (
            <Input
              value={tag.key}
              ariaLabel={`${t("tagKey")} ${index + 1}`}
              onChange={({ detail }) => {
                set(index, { key: detail.value });
              }}
            />
          ),
        },
        {
          label: t("tagValue"),
          control: (tag, index) => (
            <Input
              value={tag.value}
              ariaLabel={`${t("tagValue")} ${index + 1}`}
              onChange={({ detail }) => {
                set(index, { value: detail.value });
              }}
            />
          ),
        },
      ]}
      onAddButtonClick={() => {
        onChange([...tags, { key: "", value: "" }]);
      }}
      onRemoveButtonClick={({ detail }) => {
        onChange(tags.filter((_, index) => index !== detail.itemIndex));
      }}
    />
  );
}
