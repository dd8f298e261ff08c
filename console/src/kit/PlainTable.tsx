// A short table without filter, pages or selection: light enough for the first page that is loaded.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { ReactNode } from "react";
import { useText } from "@/i18n";
import { ErrorAlert } from "./ErrorAlert";
import { ScrollTable } from "./ScrollTable";
import { strings } from "./strings";
import "./kit.css";

interface Properties<T> {
  title: string;
  description?: ReactNode;
  items: T[];
  id: (item: T) => string;
  columns: { id: string; header: string; cell: (item: T) => ReactNode; isNumber?: boolean }[];
  loading?: boolean;
  error?: unknown;
  onReload?: () => void;
  actions?: ReactNode;
  empty: { title: string; text: ReactNode };
}

export function PlainTable<T>({ title, description, items, id, columns, loading = false, error, onReload, actions, empty }: Properties<T>) {
  const t = useText(strings);
  const reload = onReload ? <Button iconName="refresh" ariaLabel={`${t("reload")}: ${title}`} onClick={onReload} loading={loading} /> : null;
  return (
    <Container
      fitHeight
      header={
        <Header
          description={description}
          actions={
            <div className="g-buttons">
              {reload}
              {actions}
            </div>
          }
        >
          {title}
        </Header>
      }
    >
      <ErrorAlert compact error={error} {...(onReload ? { onRetry: onReload } : {})} />
      {items.length > 0 ? (
        <ScrollTable label={title}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.id} scope="col" className={column.isNumber ? "g-number" : undefined}>
                  {column.header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={id(item)}>
                {columns.map((column) => (
                  <td key={column.id} className={column.isNumber ? "g-number" : undefined}>
                    {column.cell(item)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </ScrollTable>
      ) : loading ? (
        <StatusIndicator type="loading">{t("loading")}</StatusIndicator>
      ) : error === undefined ? (
        <Box textAlign="center" padding="m">
          <SpaceBetween size="xs">
            <b>{empty.title}</b>
            <Box color="text-body-secondary">{empty.text}</Box>
          </SpaceBetween>
        </Box>
      ) : null}
    </Container>
  );
}
