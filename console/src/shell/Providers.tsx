// Buttons that lead to identity providers.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useText } from "@/i18n";
import { useSettings } from "@/settings";
import { addressOf } from "@/session";
import { strings } from "./strings";

/** `isAside` keeps this page and signs in in a new tab. */
export function Providers({ isAside = false }: { isAside?: boolean }) {
  const t = useText(strings);
  const { providers } = useSettings();
  return (
    <SpaceBetween size="s">
      {providers.map((provider) => (
        <Button
          key={`${provider.kind} ${provider.name}`}
          fullWidth
          {...(isAside ? { iconName: "external" as const, iconAlign: "right" as const } : {})}
          onClick={() => {
            const address = addressOf(provider);
            if (isAside) window.open(address, "_blank", "noopener");
            else window.location.assign(address);
          }}
        >
          <bdi>{t("provider", { name: provider.name })}</bdi>
        </Button>
      ))}
    </SpaceBetween>
  );
}
