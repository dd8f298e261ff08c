// Start, then the sign-in page or the signed-in shell; each in a chunk of its own.
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useEffect, useState } from "react";
import { ErrorBoundary } from "./shell/ErrorBoundary";
import { Languages } from "./shell/Languages";
import { start } from "./shell/start";
import { Weather } from "./shell/Weather";
import { useSession } from "./session";

const Shell = lazy(() => import("./shell/Shell"));
const SignInPage = lazy(() => import("./shell/SignInPage"));
const OfferPage = lazy(() => import("./shell/OfferPage"));

export function App() {
  const { phase, offer } = useSession();
  const [failure, setFailure] = useState<Error>();
  useEffect(() => {
    start().catch((error: unknown) => {
      setFailure(error as Error);
    });
  }, []);
  return (
    <Languages>
      <ErrorBoundary error={failure}>
        <Suspense fallback={<Spinner size="large" />}>
          {phase === "starting" ? (
            <>
              <Weather />
              <Spinner size="large" />
            </>
          ) : phase === "offered" && offer ? (
            <OfferPage offer={offer} />
          ) : phase === "signedOut" ? (
            <SignInPage />
          ) : (
            <Shell />
          )}
        </Suspense>
      </ErrorBoundary>
    </Languages>
  );
}
