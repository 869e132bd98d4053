// Under 18: limits by weight, rolling totals, and the simulated peak against dates that the user enters.
import { useState, type ReactNode } from "react";
import type { Simulation } from "../api/types";
import { useWords } from "../i18n";
import { amount, shown } from "../state/quantity";
import { useStore } from "../state/store";
import { DateField, SelectField } from "./fields";
import { Facts, Panel } from "./screen";
import { Badge, IssueItem, Message } from "./severity";

const DAY_MS = 86_400_000;
const WINDOWS_D: [string, number][] = [
  ["timing.total_12_weeks", 84],
  ["timing.total_year", 365],
];
const KINDS = ["casting", "therapy", "school", "surgery"];

interface Entry {
  kind: string;
  date: string;
}

/** Units of the plan's product given in the days before the plan, and those planned. */
function useTotals(): [string, string][] {
  const { t, language } = useWords();
  const { state, check } = useStore();
  const { plan, history } = state.draft;
  const day = Date.parse(plan.date);
  return WINDOWS_D.map(([key, days]) => {
    const earlier = history.filter(
      (row) => row.product === plan.product && day - Date.parse(row.date) < days * DAY_MS && Date.parse(row.date) <= day,
    );
    const known = earlier.every((row) => amount(row.total) !== null);
    const sum = earlier.reduce((total, row) => total + (amount(row.total) ?? 0), check.data?.totals?.dose_U ?? 0);
    return [t(key), known ? `${shown(sum, 1, language)} U` : t("timing.unknown")];
  });
}

export function Timing({ sim }: { sim?: Simulation }): ReactNode {
  const { t, term, language } = useWords();
  const { state, meta, check } = useStore();
  const [entries, setEntries] = useState<Entry[]>([]);
  const totals = useTotals();
  const limits = (check.data?.issues ?? []).filter((issue) => /kg|limit|total|interval|cumulative|age/.test(issue.rule));
  const start = Date.parse(state.draft.plan.date);
  const peak = sim?.joints[0]?.peak_d ?? sim?.muscles[0]?.peak_d;
  const date = (days: number | null | undefined): string =>
    days == null || Number.isNaN(start) ? "–" : new Date(start + days * DAY_MS).toISOString().slice(0, 10);
  const where = (entry: Entry): string => {
    if (!entry.date || !peak || peak.p25 === null || peak.p75 === null) return "";
    const days = (Date.parse(entry.date) - start) / DAY_MS;
    if (days < peak.p25) return t("timing.before");
    return days > peak.p75 ? t("timing.after") : t("timing.inside");
  };
  return (
    <Panel title={t("timing.title")}>
      <p>
        <Badge kind="warning">{meta.wording["under_18"]}</Badge>
      </p>
      <Facts
        rows={[
          [t("person.weight"), state.draft.patient.weight || t("unmet.weight")],
          [t("check.status"), term(check.data?.status)],
          ...totals,
          ...(peak ? [[t("timing.peak"), t("timing.peak_window", { from: date(peak.p25), to: date(peak.p75) })] as [string, string]] : []),
        ]}
      />
      {limits.length > 0 && (
        <ul className="checks" lang="en">
          {limits.slice(0, 6).map((issue, at) => (
            <IssueItem key={at} issue={issue} />
          ))}
        </ul>
      )}
      <h3>{t("timing.dates")}</h3>
      {entries.map((entry, at) => (
        <div className="fields" key={at}>
          <SelectField
            label={t("timing.kind")}
            value={entry.kind}
            options={KINDS}
            words={(kind) => t(`timing.${kind}`)}
            onChange={(kind) => setEntries(entries.map((one, index) => (index === at ? { ...one, kind } : one)))}
          />
          <DateField
            label={t("date")}
            value={entry.date}
            hint={where(entry)}
            onChange={(next) => setEntries(entries.map((one, index) => (index === at ? { ...one, date: next } : one)))}
          />
        </div>
      ))}
      <button type="button" onClick={() => setEntries([...entries, { kind: "casting", date: "" }])}>
        {t("timing.add")}
      </button>
      <Message kind="info">
        <p>{t("timing.growth", { age: state.draft.patient.age ?? "–", language })}</p>
      </Message>
    </Panel>
  );
}
