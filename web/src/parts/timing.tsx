// Under 18: label and limits by weight, rolling totals, and the modelled peak against dates that the user enters.
import { useMemo, useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Simulation, Source, Total } from "../api/types";
import { TimeLine } from "../charts/timeline";
import { capital, useWords } from "../i18n";
import { planned, sketched } from "../state/draft";
import { against, DAY_MS, daysOf, limbFinder, type Entry } from "../state/paediatric";
import { amount, shown } from "../state/quantity";
import { useStore } from "../state/store";
import { DateField, SelectField } from "./fields";
import { Facts, Panel, Table } from "./screen";
import { Badge, Message, SourceLine } from "./severity";

const WINDOWS_D: [string, number][] = [
  ["timing.total_12_weeks", 84],
  ["timing.total_year", 365],
];
const KINDS = ["casting", "therapy", "school", "surgery"];
const FEW = { draws: 100, seed: 1, horizon_wk: 26 };
const WEEK_D = 7;

interface Status {
  status: string;
  since: string | null;
  reason: string;
  basis: string | null;
  verified: boolean | null;
  source: Source | null;
}

interface Board {
  studies: { study: string; title: string; role: string; people: { group: string; age: string | null } }[];
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

/** Label status of each limb of the plan for this age and cause, and the limits on totals with their sources. */
function Label(): ReactNode {
  const { t, term, language } = useWords();
  const { state, readable, meta } = useStore();
  const { plan, patient } = state.draft;
  const limbOf = limbFinder(meta.vocabulary);
  const limbs = [...new Set(plan.injections.map((row) => limbOf(row.muscle)))].filter(Boolean);
  const ready = plan.product && plan.jurisdiction && patient.age && plan.date;
  const common = { product: plan.product, age: patient.age ?? "", jurisdiction: plan.jurisdiction, as_of: plan.date };
  const asked = limbs.map((limb) =>
    new URLSearchParams({ ...common, limb, indication: plan.indication, ...(patient.condition ? { cause: patient.condition } : {}) }).toString(),
  );
  const status = useLive(ready && limbs.length > 0 ? asked.join("|") : null, (signal) =>
    Promise.all(asked.map((one) => api.get<Status>(`/labels/status?${one}`, signal))),
  );
  const sketch = useMemo(() => sketched(readable), [readable]);
  const held = useLive(ready && sketch ? JSON.stringify(sketch) : null, (signal) => api.totals(sketch!, signal));
  const rows = held.data?.totals ?? [];
  const every = rows.flatMap((row) => row.limits);
  const sources = every.filter((limit, at) => every.findIndex((other) => other.source.citation === limit.source.citation) === at);
  const numbers = (limits: Total["limits"]): string =>
    limits.map((limit) => `${limit.min === null ? "≤" : `${shown(limit.min, 2, language)}–`}${shown(limit.max, 2, language)} ${limit.unit}`).join(", ") || "–";
  const units = (value: number | null): string => (value === null ? "–" : `${shown(value, 1, language)} U`);
  if (!ready) return <p className="note">{t("timing.no_label")}</p>;
  return (
    <>
      <Facts
        rows={(status.data ?? []).map((one, at) => [
          t("timing.status", { limb: t(`timing.limb.${limbs[at]}`), cause: term(patient.condition) || "–" }),
          <span key={at}>
            {plan.product}: <strong>{term(one.status)}</strong>
            {one.since && `, ${t("timing.since", { date: one.since })}`}. <SourceLine source={one.source} />
            {one.verified === false && `, ${t("check.unverified")}`}
          </span>,
        ])}
      />
      {rows.length === 0 && held.data && <p>{meta.wording["ranges"]}</p>}
      {rows.length > 0 && (
        <>
          <Table
            caption={t("timing.limits", { weight: patient.weight || "–" })}
            heads={["what", "binds", "planned", "per_kg", "absolute"].map((key) => t(`timing.limit.${key}`))}
            numbers={[1, 2, 3, 4]}
            rows={rows.map((row) => [
              capital(row.what),
              units(row.limit_U),
              row.over ? <Badge key="over" kind="critical">{units(row.planned_U)}</Badge> : units(row.planned_U),
              numbers(row.limits.filter((limit) => limit.unit !== "U")),
              numbers(row.limits.filter((limit) => limit.unit === "U")),
            ])}
          />
          <ul className="note">
            {sources.map((limit) => (
              <li key={limit.source.citation}>
                <SourceLine source={limit.source} />, {term(limit.basis)}
                {!limit.verified && `, ${t("check.unverified")}`}
              </li>
            ))}
          </ul>
          <p className="note">{t("timing.lower_binds")}</p>
        </>
      )}
    </>
  );
}

/** In whom each study was done that the model was calibrated with or tested against. */
function Growth(): ReactNode {
  const { t, term } = useWords();
  const { state } = useStore();
  const [open, setOpen] = useState(false);
  const found = useLive(open ? "board" : null, (signal) => api.get<Board>("/studies", signal));
  const studies = found.data?.studies ?? [];
  const groups = [...new Set(studies.map((row) => row.people.group))];
  const count = (group: string, role: string): string =>
    String(studies.filter((row) => row.people.group === group && row.role === role).length);
  return (
    <>
      <Message kind="info">
        <p>{t("timing.growth", { age: state.draft.patient.age ?? "–" })}</p>
      </Message>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>{t("timing.ages")}</summary>
        {studies.length > 0 && (
          <>
            <Table
              caption={t("timing.ages_caption")}
              heads={[t("timing.group"), t("timing.calibration"), t("timing.validation")]}
              numbers={[1, 2]}
              rows={groups.map((group) => [term(group), count(group, "calibration"), count(group, "validation")])}
            />
            <Table
              caption={t("timing.children")}
              heads={[t("timing.study"), t("timing.mean_age"), t("timing.role")]}
              rows={studies
                .filter((row) => row.people.group === "children")
                .map((row) => [
                  <span lang="en" key={row.study}>
                    {row.title}
                  </span>,
                  row.people.age ?? t("timing.not_held"),
                  term(row.role),
                ])}
            />
            <p className="note">{t("timing.ages_note")}</p>
          </>
        )}
      </details>
    </>
  );
}

function Dates({ sim }: { sim: Simulation | null }): ReactNode {
  const { t, term, language } = useWords();
  const { state, dispatch } = useStore();
  const entries = state.dates;
  const set = (dates: Entry[]): void => dispatch({ type: "dates", dates });
  const change = (at: number, part: Partial<Entry>): void => set(entries.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const start = Date.parse(state.draft.plan.date);
  const date = (days: number | null): string =>
    days === null || Number.isNaN(start) ? "–" : new Date(start + days * DAY_MS).toISOString().slice(0, 10);
  const peaks = (sim?.joints.length ? sim.joints : (sim?.muscles ?? [])).map((row) => ({
    name: `${term("joint" in row ? row.joint : row.muscle)}, ${term(row.side)}`,
    peak: row.peak_d,
  }));
  const placed = entries.flatMap((entry) => {
    const days = daysOf(entry, start);
    return days ? [{ entry, days, name: t(`timing.${entry.kind}`) }] : [];
  });
  return (
    <>
      <h3>{t("timing.dates")}</h3>
      <Facts rows={peaks.map(({ name, peak }) => [t("timing.peak_of", { what: name }), t("timing.peak_window", { from: date(peak.p25), to: date(peak.p75) })])} />
      {!sim && <p className="note">{t("timing.no_peak")}</p>}
      {entries.map((entry, at) => (
        <fieldset className="group" key={at}>
          <legend>
            {t(`timing.${entry.kind}`)} {at + 1}
          </legend>
          <div className="fields">
            <SelectField
              label={t("timing.kind")}
              value={entry.kind}
              options={KINDS}
              words={(kind) => t(`timing.${kind}`)}
              onChange={(kind) => change(at, { kind })}
            />
            <DateField label={t("timing.from")} value={entry.date} onChange={(next) => change(at, { date: next })} />
            <DateField label={t("timing.until")} value={entry.until} onChange={(next) => change(at, { until: next })} />
          </div>
          <button type="button" className="quiet" onClick={() => set(entries.filter((_, index) => index !== at))}>
            {t("remove")} {t(`timing.${entry.kind}`)} {at + 1}
          </button>
        </fieldset>
      ))}
      <button type="button" onClick={() => set([...entries, { kind: "casting", date: "", until: "" }])}>
        {t("timing.add")}
      </button>
      {(peaks.length > 0 || placed.length > 0) && <TimeLine title={t("timing.line")} peaks={peaks.map((row) => ({ ...row, name: t("timing.peak_short", { what: row.name }) }))} spans={placed} />}
      {placed.length > 0 && (
        <Table
          caption={t("timing.table")}
          heads={[t("timing.kind"), t("timing.weeks"), ...peaks.map((row) => row.name)]}
          rows={placed.map(({ name, days, entry }) => [
            `${name}, ${entry.date}${entry.until ? ` – ${entry.until}` : ""}`,
            days.map((day) => shown(day / WEEK_D, 1, language)).join(" – "),
            ...peaks.map(({ peak }) => t(`timing.${against(days, peak)}`)),
          ])}
        />
      )}
      <p className="note">{t("timing.none_chosen")}</p>
    </>
  );
}

export function Timing({ sim }: { sim?: Simulation }): ReactNode {
  const { t } = useWords();
  const { state, meta } = useStore();
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const asked = !sim && value ? { ...FEW, case: value } : null;
  const own = useLive(asked && JSON.stringify(asked), (signal) => api.curves(asked!, signal));
  const rolling = useTotals();
  return (
    <Panel title={t("timing.title")}>
      <p>
        <Badge kind="warning">{meta.wording["under_18"]}</Badge>
      </p>
      <Facts rows={[[t("person.weight"), state.draft.patient.weight || t("unmet.weight")], ...rolling]} />
      <Label />
      <Dates sim={sim ?? own.data} />
      <Growth />
      <p>
        <a className="button" href="#/develop">
          {t("timing.develop")}
        </a>
      </p>
    </Panel>
  );
}
