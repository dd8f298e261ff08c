// What differs between two states of a resource, property by property.
import type { ConfigurationItem } from "@aws-sdk/client-config-service";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useText } from "@/i18n";
import { formatTime, JsonDiff, ScrollTable } from "@/kit";
import { strings } from "./strings";
import { changesBetween, stateOf } from "./versions";
import "./config.css";

interface Properties {
  chosen: ConfigurationItem;
  /** Newest first. */
  versions: ConfigurationItem[];
}

export function Difference({ chosen, versions }: Properties) {
  const t = useText(strings);
  const previous = versions[versions.indexOf(chosen) + 1];
  const [against, setAgainst] = useState(previous?.configurationStateId);
  const other = versions.find((item) => item.configurationStateId === against);
  const [before, after] = useMemo(() => [other ? stateOf(other) : {}, stateOf(chosen)], [other, chosen]);
  const changes = useMemo(() => changesBetween(before, after), [before, after]);
  const options = versions
    .filter((item) => item !== chosen)
    .map((item) => ({ value: item.configurationStateId ?? "", label: formatTime(item.configurationItemCaptureTime) }));
  return (
    <Container header={<Header description={t("differenceText", { time: formatTime(chosen.configurationItemCaptureTime) })}>{t("difference")}</Header>}>
      <SpaceBetween size="m">
        {options.length > 0 ? (
          <FormField label={t("against")}>
            <Select
              options={options}
              selectedOption={options.find(({ value }) => value === against) ?? null}
              placeholder={t("againstNothing")}
              onChange={({ detail }) => {
                setAgainst(detail.selectedOption.value);
              }}
            />
          </FormField>
        ) : null}
        {other ? (
          changes.length > 0 ? (
            <ScrollTable label={t("difference")} className="g-changes">
              <thead>
                <tr>
                  <th scope="col">{t("property")}</th>
                  <th scope="col">{t("before")}</th>
                  <th scope="col">{t("after")}</th>
                </tr>
              </thead>
              <tbody>
                {changes.map((change) => (
                  <tr key={change.path}>
                    <th scope="row">
                      <bdi>{change.path}</bdi>
                    </th>
                    <td>{change.before === undefined ? "—" : <del className="g-diff-removed">{change.before}</del>}</td>
                    <td>{change.after === undefined ? "—" : <ins className="g-diff-added">{change.after}</ins>}</td>
                  </tr>
                ))}
              </tbody>
            </ScrollTable>
          ) : (
            <Box color="text-body-secondary">{t("sameState")}</Box>
          )
        ) : (
          <Box color="text-body-secondary">{t("firstState")}</Box>
        )}
        <ExpandableSection headerText={t("asJson")}>
          <JsonDiff before={before} after={after} />
        </ExpandableSection>
      </SpaceBetween>
    </Container>
  );
}
