// The account in four numbers.
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Spinner from "@cloudscape-design/components/spinner";
import type { ReactNode } from "react";
import { formatNumber, useText } from "@/i18n";
import { type Called, ErrorAlert, KeyValues } from "@/kit";
import { PAGES } from "@/pages/registry";
import { Link, to } from "@/router";
import type { Findings } from "./findings";
import type { Rules } from "./Rules";
import { strings } from "./strings";

interface Properties {
  alarms: Called<MetricAlarm[]>;
  rules: Called<Rules>;
  findings: Called<Findings>;
}

export function Standing({ alarms, rules, findings }: Properties) {
  const t = useText(strings);
  return (
    <Container>
      <KeyValues
        columns={4}
        facts={[
          [t("alarms"), <Figure key="alarms" of={alarms} value={({ length }) => length} address={to("cloudwatch")} />],
          [t("rulesBroken"), <Figure key="broken" of={rules} value={({ broken }) => broken.length} address={to("config", "rules")} />],
          [t("rulesKept"), <Figure key="kept" of={rules} value={({ kept }) => kept} address={to("config", "rules")} />],
          [
            t("findings"),
            <Figure
              key="findings"
              of={findings}
              value={({ open }) => open}
              address={to("inspector")}
              below={({ critical, high }) => t("severities", { critical, high })}
            />,
          ],
        ]}
      />
    </Container>
  );
}

interface FigureProperties<T> {
  of: Called<T>;
  value: (data: T) => number;
  address: string;
  below?: (data: T) => ReactNode;
}

function Figure<T>({ of, value, address, below }: FigureProperties<T>) {
  if (of.error !== undefined) return <ErrorAlert compact error={of.error} onRetry={of.reload} />;
  if (of.data === undefined) return <Spinner />;
  return (
    <>
      {PAGES.some(({ path }) => path === address.split("/")[1]) ? (
        <Link to={address} fontSize="display-l" variant="awsui-value-large">
          {formatNumber(value(of.data))}
        </Link>
      ) : (
        <Box variant="awsui-value-large">{formatNumber(value(of.data))}</Box>
      )}
      {below ? (
        <Box variant="small" display="block" margin={{ top: "xs" }}>
          {below(of.data)}
        </Box>
      ) : null}
    </>
  );
}
