// A page that breaks says so, and leaves the rest standing.
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { Component, type ReactNode } from "react";
import { say } from "@/i18n";
import { strings } from "./strings";

interface State {
  error: Error | undefined;
}

interface Properties {
  children: ReactNode;
  /** What went wrong outside of what is rendered. */
  error?: Error | undefined;
}

export class ErrorBoundary extends Component<Properties, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const error = this.state.error ?? this.props.error;
    if (!error) return this.props.children;
    // A chunk that is gone was replaced by an update of the server.
    const isStale = /dynamically imported module|module script/i.test(error.message);
    return (
      <Alert
        type={isStale ? "info" : "error"}
        header={say(strings, isStale ? "newVersion" : "broken")}
        action={
          <Button
            onClick={() => {
              window.location.reload();
            }}
          >
            {say(strings, "reload")}
          </Button>
        }
      >
        {isStale ? null : say(strings, "brokenText")}
        {isStale ? null : <pre>{error.message}</pre>}
      </Alert>
    );
  }
}
