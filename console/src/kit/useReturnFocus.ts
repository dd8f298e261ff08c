// A dialog gives the focus back to what had it. The design system does so only where no field of the dialog took it first.
import { useEffect, useState } from "react";

export function useReturnFocus(): void {
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );
}
