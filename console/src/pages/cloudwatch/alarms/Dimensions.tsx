// The dimensions of a metric, to be edited.
import type { Dimension } from "@aws-sdk/client-cloudwatch";
import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import { useText } from "@/i18n";
import { strings } from "../strings";

export function Dimensions({ value, onChange }: { value: Dimension[]; onChange: (value: Dimension[]) => void }) {
  const t = useText(strings);
  const control = (part: "Name" | "Value", label: string) => (item: Dimension, index: number) => (
    <Input
      value={item[part] ?? ""}
      ariaLabel={`${label} ${index + 1}`}
      onChange={({ detail }) => {
        onChange(value.map((one, at) => (at === index ? { ...one, [part]: detail.value } : one)));
      }}
    />
  );
  return (
    <FormField label={t("dimensions")} stretch>
      <AttributeEditor<Dimension>
        items={value}
        addButtonText={t("addDimension")}
        removeButtonText={t("remove")}
        empty={t("noDimensions")}
        definition={[
          { label: t("name"), control: control("Name", t("name")) },
          { label: t("value"), control: control("Value", t("value")) },
        ]}
        onAddButtonClick={() => {
          onChange([...value, { Name: "", Value: "" }]);
        }}
        onRemoveButtonClick={({ detail }) => {
          onChange(value.filter((_, index) => index !== detail.itemIndex));
        }}
      />
    </FormField>
  );
}
