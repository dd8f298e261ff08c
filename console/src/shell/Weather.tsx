// The bar that says that the server does not answer and calls are being tried again.
import Flashbar from "@cloudscape-design/components/flashbar";
import { useText } from "@/i18n";
import { weather } from "@/session";
import { useStore } from "@/store";
import { strings } from "./strings";

export function Weather() {
  const t = useText(strings);
  const state = useStore(weather);
  if (state === "fine") return null;
  return <Flashbar items={[{ id: "weather", type: "in-progress", loading: true, content: t(state), ariaRole: "status" }]} />;
}
