// A list of words in one line. What is typed stays as it is until the field is left.
import { useState } from "react";
import { TextField } from "@/kit";

interface Properties {
  label: string;
  description?: string;
  value: string[];
  onChange: (value: string[]) => void;
}

export function Words({ label, description, value, onChange }: Properties) {
  const [typed, setTyped] = useState<string>();
  const words = (text: string) => text.split(/[\s,;]+/).filter(Boolean);
  const shown = typed !== undefined && words(typed).join() === value.join() ? typed : value.join(", ");
  return (
    <TextField
      label={label}
      description={description}
      value={shown}
      onChange={(text) => {
        setTyped(text);
        onChange(words(text));
      }}
    />
  );
}
