// Start, then the sign-in page or the signed-in shell; each in a chunk of its own.
import Spinner from "@cloudscape-design/components/spinner";
import { lazy, Suspense, useEffect } from "react";
import { ErrorBoundary } from "./shell/ErrorBoundary";
import { Languages } from "./shell/Languages";
import { start } from "./shell/start";
import { Weather } from "./shell/Weather";
import { useSession } from "./session";

const Shell = lazy(() => import("./shell/Shell"));
const SignInPage = lazy(() => import("./shell/SignInPage"));

export function App() {
  const { phase } = useSession();
  useEffect(() => {
    void start();
  }, []);
  return (
    <Languages>
      <ErrorBoundary>
        <Suspense fallback={<Spinner size="large" />}>
          {phase === "starting" ? (
            <>
              <Weather />
              <Spinner size="large" />
            </>
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
