// What a query found: a column for each field that it selected.
import { ConfigServiceClient, SelectResourceConfigCommand, type SelectResourceConfigCommandOutput } from "@aws-sdk/client-config-service";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useRef } from "react";
import { useText } from "@/i18n";
import { type Column, ErrorAlert, Name, type Paged, ResourceTable, Time, useCall } from "@/kit";
import { Link } from "@/router";
import { useClient } from "@/session";
import { resourcePage } from "./names";
import { strings } from "./strings";

const PAGE = 100;
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

interface Row {
  /** Its place among the rows: a query may find the same values twice. */
  key: string;
  value: Record<string, unknown>;
}

/** A value under a path: as the path's own key, else part by part; of lists, of each element. */
export function valueAt(value: unknown, path: string): unknown {
  if (Array.isArray(value)) {
    const found = value.map((one) => valueAt(one, path)).filter((one) => one !== undefined);
    return found.length > 0 ? found : undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const owned = value as Record<string, unknown>;
  if (Object.hasOwn(owned, path)) return owned[path];
  const [first = "", ...rest] = path.split(".");
  return rest.length > 0 && Object.hasOwn(owned, first) ? valueAt(owned[first], rest.join(".")) : undefined;
}

function comparable(value: unknown): string | number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" || typeof value === "string" ? value : JSON.stringify(value);
}

function columnOf(field: string): Column<Row> {
  const value = (row: Row) => comparable(valueAt(row.value, field));
  if (field !== "resourceId") {
    const cell = (row: Row) => {
      const shown = value(row);
      return typeof shown === "string" && ISO_TIME.test(shown) ? <Time at={shown} /> : <Name>{shown === undefined ? undefined : String(shown)}</Name>;
    };
    return { id: field, header: field, value, cell, minWidth: /time$/i.test(field) ? 200 : 140 };
  }
  const cell = (row: Row) => {
    const type = row.value["resourceType"];
    const name = <Name>{String(value(row) ?? "")}</Name>;
    return typeof type === "string" ? <Link to={resourcePage(type, String(value(row) ?? ""))}>{name}</Link> : name;
  };
  return { id: field, header: field, value, cell, minWidth: 200 };
}

type Answer = SelectResourceConfigCommandOutput;

function rowsOf(answer: Answer, token: string | undefined): Paged<Row> {
  const items = (answer.Results ?? []).map((text, index): Row => ({ key: `${token ?? ""}#${index}`, value: JSON.parse(text) as Row["value"] }));
  return { items, next: answer.NextToken };
}

export function QueryResults({ expression, run }: { expression: string; run: number }) {
  const t = useText(strings);
  const config = useClient(ConfigServiceClient);
  const ask = (NextToken: string | undefined, abortSignal: AbortSignal) =>
    config.send(new SelectResourceConfigCommand({ Expression: expression, Limit: PAGE, NextToken }), { abortSignal });
  // The first page tells the columns; the table is given it, and asks for the others.
  const first = useCall((signal) => ask(undefined, signal), [config, expression, run]);
  const shown = useRef<Answer>(undefined);
  const fields = (first.data?.QueryInfo?.SelectFields ?? []).flatMap(({ Name: name }) => (name ? [name] : []));
  if (first.error !== undefined) return <ErrorAlert error={first.error} onRetry={first.reload} />;
  if (!first.data) return <StatusIndicator type="loading">{t("running")}</StatusIndicator>;
  const { data } = first;
  return (
    <ResourceTable<Row>
      name={`config.query.${fields.join()}`}
      title={t("results")}
      dependencies={[data]}
      load={async ({ token, signal }) => {
        if (token !== undefined || shown.current === data) return rowsOf(await ask(token, signal), token);
        shown.current = data;
        return rowsOf(data, token);
      }}
      id={(row) => row.key}
      columns={fields.map(columnOf)}
      empty={{ title: t("noRows"), text: t("noRowsText") }}
    />
  );
}
