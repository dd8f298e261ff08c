// All checks with how it stands with each; what acting on them would save.
import { DescribeTrustedAdvisorChecksCommand, SupportClient } from "@aws-sdk/client-support";
import Button from "@cloudscape-design/components/button";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";
import { sayWord, useLanguage, useText } from "@/i18n";
import { cli, CliPanel, ErrorAlert, flash, Name, Page, ResourceTable, Time, useAction, useCall } from "@/kit";
import { Link, useQueryValue } from "@/router";
import { garrisonCall, useClient } from "@/session";
import { CATEGORIES, checkPage, listAdvice, moment, nameOf, neverRefreshed, type Standing } from "./advice";
import { Categories, Savings } from "./Categories";
import { formatDollars } from "./money";
import { rank, Status } from "./Status";
import { strings } from "./strings";

const LOOK_AGAIN_MILLISECONDS = 15_000;

export function AdvicePage() {
  const t = useText(strings);
  const language = useLanguage();
  const support = useClient(SupportClient);
  const [category, setCategory] = useQueryValue("category");
  const advice = useCall(listAdvice, [], { every: LOOK_AGAIN_MILLISECONDS });
  const checks = useCall(async (abortSignal) => (await support.send(new DescribeTrustedAdvisorChecksCommand({ language }), { abortSignal })).checks ?? [], [support, language]);
  const refresh = useAction(async (ids: string[]) => {
    const { CheckIds } = await garrisonCall<{ CheckIds: string[] }>("RefreshAdvice", ids.length > 0 ? { CheckIds: ids } : {});
    flash("info", t("refreshAsked", { count: CheckIds.length }));
  });
  const all = useMemo(() => {
    const known = advice.data?.Advice ?? [];
    const refreshed = new Set(known.map(({ CheckId }) => CheckId));
    const others = (advice.data && checks.data ? checks.data : []).filter(({ id }) => id !== undefined && !refreshed.has(id));
    const every = [...known, ...others.map(({ id = "", name = "", category = "" }) => neverRefreshed(id, name, category))];
    return every.sort((one, other) => rank(one.Status) - rank(other.Status));
  }, [advice.data, checks.data]);
  const shown = category === "" ? all : all.filter((one) => one.Category === category);
  const choices = [{ value: "", label: t("allCategories") }, ...CATEGORIES.map((one) => ({ value: one, label: t(one) }))];
  const columns = [
    {
      id: "name",
      header: t("check"),
      value: (one: Standing) => nameOf(one, language),
      cell: (one: Standing) => (
        <Link to={checkPage(one.CheckId)}>
          <Name>{nameOf(one, language)}</Name>
        </Link>
      ),
      width: 280,
    },
    {
      id: "status",
      header: t("status"),
      value: (one: Standing) => sayWord(strings, one.Status),
      order: (one: Standing) => rank(one.Status),
      cell: (one: Standing) => <Status>{one.Status}</Status>,
      width: 155,
    },
    { id: "category", header: t("category"), value: (one: Standing) => t(one.Category), width: 160 },
    { id: "flagged", header: t("flaggedShort"), value: (one: Standing) => one.Errors + one.Warnings, width: 115 },
    { id: "excluded", header: t("excluded"), value: (one: Standing) => one.Excluded, hidden: true },
    { id: "savings", header: t("savings"), value: (one: Standing) => one.MonthlySavings, cell: (one: Standing) => formatDollars(one.MonthlySavings || undefined), width: 170 },
    { id: "reason", header: t("reason"), value: (one: Standing) => one.Reason, cell: (one: Standing) => <bdi>{one.Reason ?? "—"}</bdi>, hidden: true },
    { id: "refreshed", header: t("refreshed"), value: (one: Standing) => moment(one.RefreshedAt), cell: (one: Standing) => <Time at={moment(one.RefreshedAt)} ago />, unfiltered: true },
  ];
  return (
    <Page title={t("advice")} description={t("adviceText")} help={t("help")}>
      <ErrorAlert error={refresh.error} />
      <ErrorAlert error={checks.error} onRetry={checks.reload} />
      {advice.data ? <Savings advice={advice.data} /> : null}
      {advice.data ? <Categories advice={all} /> : null}
      <ResourceTable<Standing>
        name="trustedadvisor.checks"
        title={t("checks")}
        items={shown}
        loading={advice.loading}
        error={advice.error}
        onReload={advice.reload}
        id={(one) => one.CheckId}
        label={(one) => nameOf(one, language)}
        columns={columns}
        selection="multi"
        filters={
          <SpaceBetween direction="horizontal" size="xs">
            <Select
              ariaLabel={t("category")}
              selectedOption={choices.find(({ value }) => value === category) ?? null}
              options={choices}
              onChange={({ detail }) => {
                setCategory(detail.selectedOption.value ?? "");
              }}
            />
          </SpaceBetween>
        }
        actions={(chosen) => (
          <Button loading={refresh.busy} onClick={() => void refresh.run((chosen.length > 0 ? chosen : category === "" ? [] : shown).map(({ CheckId }) => CheckId))}>
            {t(chosen.length > 0 ? "refreshChosen" : "refreshAll")}
          </Button>
        )}
        empty={{ title: t("checksEmpty"), text: t("checksEmptyText") }}
      />
      <CliPanel commands={[cli("garrison", "ListAdvice"), cli("garrison", "RefreshAdvice"), "garrison advise --format html"]} />
    </Page>
  );
}
