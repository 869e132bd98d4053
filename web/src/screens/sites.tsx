import { useMemo, useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Range } from "../api/types";
import { capital, useWords } from "../i18n";
import { QuantityBox } from "../parts/fields";
import { RowFault } from "../parts/faults";
import { LimbView } from "../parts/limb";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { Badge, byseverity, FaultMessage, LeftOut, Message, SourceLine } from "../parts/severity";
import { minor, setInjection } from "../state/changes";
import { planned, sketched, type DraftInjection } from "../state/draft";
import { inDraft } from "../state/faults";
import { amount, plainNumber, shown, split } from "../state/quantity";
import { useStore } from "../state/store";

const MIDDLE = 50;
const STEP = 1;

/** Units of one row, per kilogram worked out; null while empty. */
function units(row: DraftInjection, weight: number | null): number | null {
  const dose = amount(row.dose);
  if (dose === null) return null;
  if (split(row.dose, "U").unit !== "U/kg") return dose;
  return weight === null ? null : dose * weight;
}

/** A range held in its own unit, as its source writes it. */
export function useHeld(): (range: Range | null | undefined) => string {
  const { t, language } = useWords();
  return (range) => {
    if (!range) return t("sites.no_range");
    const row = range as Range & { min?: number | null; max?: number | null; unit?: string };
    const [low, high, unit] = row.unit === undefined ? [row.min_U, row.max_U, "U"] : [row.min ?? null, row.max ?? null, row.unit];
    const say = (value: number | null): string => shown(value, 2, language);
    if (low !== null && high !== null)
      return low === high ? `${say(low)} ${unit}` : t("sites.range", { low: say(low), high: say(high), unit });
    if (high !== null) return t("sites.at_most", { high: say(high), unit });
    return low !== null ? t("sites.at_least", { low: say(low), unit }) : t("sites.no_range");
  };
}

/** How a range was read, where it was not read at its source: a word and a mark beside it. */
function HowKnown({ range }: { range: Range }): ReactNode {
  const { t, term } = useWords();
  if (range.basis === "primary" && range.verified) return null;
  return (
    <span className="known">
      <Badge kind="info">{range.basis === "primary" ? t("check.unverified") : term(range.basis)}</Badge>
    </span>
  );
}

interface RowProps {
  row: DraftInjection;
  at: number;
  range: Range | null | undefined;
  chosen: boolean;
  onChoose: () => void;
}

function PlanRow({ row, at, range, chosen, onChoose }: RowProps): ReactNode {
  const { t, term, language } = useWords();
  const { state, readable, change, check } = useStore();
  const held = useHeld();
  const child = minor(state.draft);
  const name = `${term(row.muscle)}, ${term(row.side)}`;
  const { unit } = split(row.dose, "U");
  const [wanted, setWanted] = useState(unit);
  const dilution = amount(state.draft.plan.dilution);
  const weight = amount(state.draft.patient.weight);
  const total = units(row, weight);
  const perSite = total !== null && dilution && row.sites ? total / dilution / row.sites : null;
  const mine = byseverity(
    (check.data?.issues ?? []).filter((issue) => inDraft(issue.where, readable) === `plan.injections[${at}]` && issue.severity !== "info"),
  )[0];
  const doseUnit = row.dose ? unit : wanted;
  return (
    <tr className={chosen ? "chosen" : undefined}>
      <th scope="row">
        <button type="button" className="quiet muscle" aria-pressed={chosen} onClick={onChoose} style={{ textAlign: "left" }}>
          {capital(term(row.muscle))}
        </button>
        <span className="side">{term(row.side)}</span>
        <RowFault path={`plan.injections[${at}]`} shown={["dose"]} />
        {mine && (
          <div>
            <Badge kind={mine.severity} />
          </div>
        )}
      </th>
      <td data-label={t("dose")}>
        <span className="dose">
          <QuantityBox
            value={row.dose}
            unit={doseUnit}
            path={`plan.injections[${at}].dose`}
            tied={{ "aria-label": t("sites.dose_of", { muscle: name, unit: doseUnit }) }}
            onChange={(dose) => change(setInjection(at, { dose }), `dose.${at}`)}
          />
          {child ? (
            <select
              aria-label={t("sites.unit_of", { muscle: name })}
              value={doseUnit}
              onChange={(event) => {
                setWanted(event.target.value);
                change(setInjection(at, { dose: "" }));
              }}
            >
              <option value="U">U</option>
              <option value="U/kg">U/kg</option>
            </select>
          ) : (
            <span>{doseUnit}</span>
          )}
        </span>
      </td>
      <td data-label={t("sites.sites")}>
        <input
          className="short"
          type="text"
          inputMode="numeric"
          aria-label={t("sites.sites_of", { muscle: name })}
          value={row.sites ?? ""}
          onChange={(event) => {
            const typed = plainNumber(event.target.value);
            change(
              setInjection(at, { sites: typed && Number(typed) >= 1 ? Math.min(50, Math.floor(Number(typed))) : null }),
              `sites.${at}`,
            );
          }}
        />
      </td>
      <td className="number" data-label={t("sites.per_site")}>
        {shown(perSite, 2, language)}
      </td>
      <td data-label={t("sites.held")} className="held">
        {held(range)}
        {range && <HowKnown range={range} />}
      </td>
    </tr>
  );
}

function Place({ at, row }: { at: number; row: DraftInjection }): ReactNode {
  const { t, term } = useWords();
  const { change } = useStore();
  const percent = amount(row.at);
  const name = `${term(row.muscle)}, ${term(row.side)}`;
  return (
    <div className="field">
      <label htmlFor="place">{t("sites.place", { muscle: name })}</label>
      <input
        id="place"
        type="range"
        min={0}
        max={100}
        step={STEP}
        value={percent ?? MIDDLE}
        aria-valuetext={percent === null ? t("sites.on_band") : t("sites.percent", { percent })}
        onChange={(event) => change(setInjection(at, { at: `${event.target.value} %` }), `at.${at}`)}
      />
      <span className="hint">
        {percent === null ? t("sites.on_band") : t("sites.percent", { percent })}. {t("sites.place_hint")}
      </span>
      {percent !== null && (
        <button type="button" className="quiet" style={{ justifySelf: "start" }} onClick={() => change(setInjection(at, { at: "" }))}>
          {t("sites.back_to_band")}
        </button>
      )}
    </div>
  );
}

function Why({ row, range }: { row: DraftInjection; range: Range | null | undefined }): ReactNode {
  const { t, term, language } = useWords();
  const { state, readable, meta, check } = useStore();
  const held = useHeld();
  const value = useMemo(() => planned(readable), [readable]);
  const asked =
    value && row.dose && row.side !== "bilateral"
      ? { case: value, muscle: row.muscle, side: row.side === "right" ? ("right" as const) : ("left" as const) }
      : null;
  const spread = useLive(asked && JSON.stringify(asked), (signal) => api.spread(asked!, signal));
  const rows = (spread.data?.document["muscles"] ?? []) as { muscle: string; units?: number; held_U?: number }[];
  const members = meta.vocabulary.groups?.[row.muscle] ?? [row.muscle];
  const joints = [...new Set(meta.vocabulary.muscles.filter((one) => members.includes(one.id)).flatMap((one) => one.joints))];
  const issues = byseverity((check.data?.issues ?? []).filter((issue) => issue.message.includes(row.muscle.replaceAll("_", " "))));
  return (
    <Panel title={t("sites.why", { muscle: term(row.muscle) })}>
      <Facts
        rows={[
          [t("sites.held"), held(range)],
          [t("check.source"), range ? <SourceLine source={range.source} /> : t("source.none")],
          [t("check.basis"), range ? `${term(range.basis)}${range.verified ? "" : `, ${t("check.unverified")}`}` : "–"],
          [t("sites.joints"), joints.map(term).join(", ") || "–"],
          [t("product.guidance"), state.draft.plan.guidance ? term(state.draft.plan.guidance) : t("not_stated")],
        ]}
      />
      <p className="note">{meta.wording["ranges"]}</p>
      {issues.map((issue, at) => (
        <Message key={at} kind={issue.severity}>
          <Badge kind={issue.severity} />
          <p lang={issue.lang}>{issue.message}</p>
        </Message>
      ))}
      {spread.data && (
        <details>
          <summary>{t("sites.reach")}</summary>
          <img
            alt={t("sites.reach_label", { muscle: term(row.muscle) })}
            style={{ width: "100%" }}
            src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(spread.data.svg)}`}
          />
          {rows.length > 0 && (
            <ul>
              {rows.slice(0, 8).map((one) => (
                <li key={one.muscle}>
                  {term(one.muscle)}: {shown(one.units ?? one.held_U, 1, language)} U
                </li>
              ))}
            </ul>
          )}
        </details>
      )}
    </Panel>
  );
}

export function SitesScreen(): ReactNode {
  const { t, language } = useWords();
  const { state, readable, change, meta, check } = useStore();
  const { plan, patient } = state.draft;
  const [chosen, setChosen] = useState(0);
  const value = useMemo(() => sketched(readable), [readable]);
  const held = useLive(value && JSON.stringify(value), (signal) => api.ranges(value!, signal));
  const at = Math.min(chosen, plan.injections.length - 1);
  const row = plan.injections[at];
  const totals = check.data?.totals;
  const find = (muscle: string, side: string): number =>
    plan.injections.findIndex((one) => one.muscle === muscle && (one.side === side || one.side === "bilateral"));
  return (
    <ScreenFrame title={t("step.sites")} lead={t("sites.lead")}>
      {plan.injections.length === 0 && (
        <Message kind="info">
          <p>
            {t("sites.none")} <a href="#/pattern">{t("step.pattern")}</a>
          </p>
        </Message>
      )}
      {plan.injections.length > 0 && !plan.product && (
        <Message kind="warning">
          <Badge kind="warning">{t("unmet.product")}</Badge>
          <p>
            <a href="#/product">{t("step.product")}</a>
          </p>
        </Message>
      )}
      <div className="columns wide-left">
        <div className="stack">
          <Panel title={t("sites.plan")}>
            <p className="note">{meta.wording["product"]}</p>
            {plan.injections.length > 0 && (
              <table className="plan">
                <thead>
                  <tr>
                    <th scope="col">{t("muscle")}</th>
                    <th scope="col">{t("dose")}</th>
                    <th scope="col">{t("sites.sites")}</th>
                    <th scope="col" className="number">
                      {t("sites.per_site")}
                    </th>
                    <th scope="col">{t("sites.held")}</th>
                  </tr>
                </thead>
                <tbody>
                  {plan.injections.map((one, index) => (
                    <PlanRow
                      key={`${one.muscle}-${one.side}-${index}`}
                      row={one}
                      at={index}
                      range={held.data?.muscles[one.muscle]}
                      chosen={index === at}
                      onChoose={() => setChosen(index)}
                    />
                  ))}
                </tbody>
                <tfoot>
                  <tr>
                    <th scope="row">{t("sites.total")}</th>
                    <td>{totals ? `${shown(totals.dose_U, 1, language)} U` : "–"}</td>
                    <td>{plan.injections.reduce((sum, one) => sum + (one.sites ?? 0), 0) || "–"}</td>
                    <td className="number">{totals ? `${shown(totals.volume_mL, 2, language)} mL` : "–"}</td>
                    <td />
                  </tr>
                </tfoot>
              </table>
            )}
            <p className="note">{meta.wording["ranges"]}</p>
            {minor(state.draft) && (
              <Message kind="warning">
                <Badge kind="warning">{t("person.child")}</Badge>
                <p>
                  {meta.wording["under_18"]} {patient.weight ? "" : t("unmet.weight")}
                </p>
              </Message>
            )}
            <LeftOut />
            <FaultMessage fault={check.error?.fault} />
          </Panel>
        </div>
        <div className="stack">
          <Panel title={t("limb.title")}>
            {row && <Place at={at} row={row} />}
            <LimbView
              chosen={row?.muscle}
              side={row?.side}
              onChoose={(muscle, side) => {
                const found = find(muscle, side);
                if (found >= 0) setChosen(found);
              }}
              onDrag={(muscle, side, percent) => {
                const found = find(muscle, side);
                if (found >= 0) {
                  setChosen(found);
                  change(setInjection(found, { at: `${percent} %` }), `at.${found}`);
                }
              }}
            />
          </Panel>
        </div>
        <div className="stack">{row && <Why row={row} range={held.data?.muscles[row.muscle]} />}</div>
      </div>
    </ScreenFrame>
  );
}
