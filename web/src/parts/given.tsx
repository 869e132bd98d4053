// What was really given, row by row against the plan. Every field starts empty; a button of the user's copies what was planned.
import { useMemo, useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { persons, type Done, type HeldCycle, type Lot } from "../api/persons";
import type { Fault, Injection } from "../api/types";
import { capital, useWords } from "../i18n";
import { takeOver, type GivenRow } from "../state/changes";
import { draftOf } from "../state/draft";
import { amount, shown, split } from "../state/quantity";
import { keptAs } from "../state/reducer";
import { useStore, useStored } from "../state/store";
import { DateField, QuantityBox, QuantityField, TextField, Tick } from "./fields";
import { Panel } from "./screen";
import { FaultMessage, Message } from "./severity";

/** An injection as planned; of a case file's draft it may still lack its dose. */
type Planned = Pick<Injection, "muscle" | "side" | "dose" | "sites" | "at" | "volume" | "dilution" | "product">;

type Spot = Pick<Planned, "muscle" | "side">;

interface Vials {
  date: string;
  lot: string;
  expiry: string;
  units: string;
  discarded: string;
  note: string;
}

const NO_VIALS: Vials = { date: "", lot: "", expiry: "", units: "", discarded: "", note: "" };
const NO_ROW: GivenRow = { dose: "", sites: null, at: "", none: false };
const typed = (row: Pick<Planned, "dose" | "sites" | "at">): GivenRow => ({
  dose: row.dose,
  sites: row.sites ?? null,
  at: row.at ?? "",
  none: false,
});

/** Of each row the injection recorded for its muscle and side, one for one; and those that are of no row. */
export function matched<Shot extends Spot>(rows: Spot[], recorded: Shot[]): { shots: (Shot | undefined)[]; others: Shot[] } {
  const others = [...recorded];
  const shots = rows.map((row) => {
    const at = others.findIndex((one) => one.muscle === row.muscle && one.side === row.side);
    return at < 0 ? undefined : others.splice(at, 1)[0];
  });
  return { shots, others };
}

function GivenLine({ row, value, set }: { row: Planned; value: GivenRow; set: (next: GivenRow) => void }): ReactNode {
  const { t, term } = useWords();
  const name = `${term(row.muscle)}, ${term(row.side)}`;
  const unit = split(row.dose, "U").unit;
  const planned = [row.dose || "–", row.sites && t("given.sites", { sites: row.sites }), row.at && t("given.at", { at: row.at })];
  return (
    <tr>
      <th scope="row">
        {capital(term(row.muscle))}
        <span className="side">{term(row.side)}</span>
        <span className="side">{t("given.planned", { planned: planned.filter(Boolean).join(", ") })}</span>
      </th>
      <td data-label={t("dose")}>
        <span className="row" style={{ gap: 4, flexWrap: "nowrap" }}>
          <QuantityBox
            value={value.dose}
            unit={unit}
            tied={{ "aria-label": t("given.dose_of", { muscle: name, unit }) }}
            onChange={(dose) => set({ ...value, dose, none: false })}
          />
          {unit}
        </span>
      </td>
      <td data-label={t("sites.sites")}>
        <QuantityBox
          className="short"
          value={value.sites === null ? "" : String(value.sites)}
          unit=""
          tied={{ "aria-label": t("given.sites_of", { muscle: name }) }}
          onChange={(sites) => set({ ...value, sites: sites ? Math.max(1, Math.floor(Number(sites))) : null })}
        />
      </td>
      <td data-label={t("given.place")}>
        <QuantityBox
          className="short"
          value={value.at}
          unit="%"
          tied={{ "aria-label": t("given.place_of", { muscle: name }) }}
          onChange={(at) => set({ ...value, at })}
        />
      </td>
      <td>
        <button type="button" className="quiet" disabled={!row.dose} onClick={() => set(typed(row))}>
          {t("given.as_planned")}
          <span className="hidden"> {name}</span>
        </button>
        <Tick
          label={
            <>
              {t("given.none")}
              <span className="hidden"> {name}</span>
            </>
          }
          checked={value.none}
          onChange={(none) => set(none ? { ...NO_ROW, none } : { ...value, none })}
        />
      </td>
    </tr>
  );
}

/** The record of one lot as the store takes it; what the plan says of the product goes along. */
function recordOf(rows: Planned[], values: GivenRow[], vials: Vials): object {
  const given = rows.flatMap((row, at) => (values[at]?.dose ? [{ row, value: values[at] }] : []));
  const product = given.map(({ row }) => row.product).find(Boolean);
  const injections = given.map(({ row, value }) => ({
    muscle: row.muscle,
    side: row.side,
    dose: value.dose,
    ...(value.sites ? { sites: value.sites } : {}),
    ...(value.at ? { at: value.at } : {}),
    ...(row.dilution ? { dilution: row.dilution } : {}),
    ...(row.volume && row.dose === value.dose ? { volume: row.volume } : {}),
  }));
  const { note, ...said } = vials;
  return { ...said, ...(note ? { note } : {}), ...(product ? { product } : {}), injections };
}

/** The form of one lot, or of a plan without a store. Its values belong to it alone until they are sent. */
function Form({ rows, before, store, onDone }: { rows: Planned[]; before: Lot | null; store: boolean; onDone: Send }): ReactNode {
  const { t, language } = useWords();
  const [values, setValues] = useState(() =>
    matched(rows, before?.injections ?? []).shots.map((shot) => (shot ? typed(shot) : { ...NO_ROW, none: before !== null })),
  );
  const [vials, setVials] = useState<Vials>(before ? { ...before, note: before.note ?? "" } : NO_VIALS);
  const set = (part: Partial<Vials>): void => setVials({ ...vials, ...part });
  const doses = values.map((row) => row.dose).filter(Boolean);
  const whole = doses.length > 0 && values.every((row) => row.none || row.dose) && vials.date !== "";
  const lot = [vials.lot, vials.expiry, vials.units, vials.discarded].every(Boolean);
  const sum = doses.every((dose) => split(dose, "").unit === "U") ? doses.reduce((held, dose) => held + (amount(dose) ?? 0), 0) : null;
  return (
    <>
      <button type="button" disabled={rows.some((row) => !row.dose)} onClick={() => setValues(rows.map(typed))}>
        {t("given.all_as_planned")}
      </button>
      <div className="scroll" tabIndex={0} role="region" aria-label={t("given.title")}>
        <table className="plan">
          <thead>
            <tr>
              {["given.muscle", "dose", "sites.sites", "given.place", "given.or"].map((key) => (
                <th scope="col" key={key}>
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <GivenLine
                key={at}
                row={row}
                value={values[at] ?? NO_ROW}
                set={(next) => setValues(values.map((held, index) => (index === at ? next : held)))}
              />
            ))}
          </tbody>
        </table>
      </div>
      <div className="fields">
        <DateField label={t("given.date")} value={vials.date} onChange={(date) => set({ date })} />
        {store && (
          <>
            <TextField label={t("given.lot")} hint={t("given.lot_hint")} value={vials.lot} onChange={(next) => set({ lot: next })} />
            <DateField label={t("given.expiry")} value={vials.expiry} onChange={(expiry) => set({ expiry })} />
            <QuantityField
              label={t("given.units")}
              hint={sum === null || !doses.length ? undefined : t("given.sum", { sum: shown(sum, 2, language) })}
              value={vials.units}
              units={["U"]}
              onChange={(units) => set({ units })}
            />
            <QuantityField
              label={t("given.discarded")}
              value={vials.discarded}
              units={["U"]}
              onChange={(discarded) => set({ discarded })}
            />
            <TextField label={t("given.note")} hint={t("given.note_hint")} value={vials.note} onChange={(note) => set({ note })} />
          </>
        )}
      </div>
      <p className="note">{t(store ? "given.needs_lot" : "given.needs")}</p>
      <button
        type="button"
        className="main"
        disabled={!whole || (store && !lot)}
        onClick={() => onDone(values, vials, recordOf(rows, values, picked(vials)))}
      >
        {t(!store ? "given.take_over" : before ? "given.correct_lot" : "given.record")}
      </button>
    </>
  );
}

type Send = (values: GivenRow[], vials: Vials, record: object) => void;

/** The fields of a record alone, without what else a lot read from the store holds. */
const picked = ({ date, lot, expiry, units, discarded, note }: Vials): Vials => ({ date, lot, expiry, units, discarded, note });

/** Lots that the store holds of the cycle. */
function Lots({ lots, onCorrect }: { lots: Lot[]; onCorrect: (lot: Lot) => void }): ReactNode {
  const { t, term } = useWords();
  return (
    <ul className="plain">
      {lots.map((row) => (
        <li key={row.id}>
          <strong>{t("given.lot_line", { lot: row.lot, date: row.date, units: row.units, discarded: row.discarded })}</strong>
          <br />
          <span className="note">
            {t("given.expiry")}: {row.expiry}. {row.injections.map((one) => `${term(one.muscle)}, ${term(one.side)}: ${one.dose}`).join("; ")}
          </span>
          <button type="button" className="quiet" onClick={() => onCorrect(row)}>
            {t("given.correct")}
            <span className="hidden"> {row.lot}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function Given({ cycle }: { cycle: HeldCycle | null }): ReactNode {
  const { t } = useWords();
  const { state, change, dispatch, meta } = useStore();
  const kept = useStored();
  const [correcting, setCorrecting] = useState<Lot | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [told, setTold] = useState<{ words: string; warnings: string[] } | null>(null);
  const { injections } = state.draft.plan;
  const planned = kept ? cycle?.plan?.injections : injections;
  const rows = useMemo(() => {
    const found: Planned[] = planned ?? [];
    return [...found, ...matched(found, correcting?.injections ?? []).others];
  }, [planned, correcting]);
  /** The draft's plan becomes what the store now holds; Undo brings the draft's own back. */
  const recorded = async (done: Done): Promise<void> => {
    const { opened } = state; // of the click: by the answer another case may be open
    const draft = draftOf((await persons.case(done.code, done.cycle)).case);
    dispatch({ type: "recorded", opened, kept: keptAs(done, draft), plan: draft.plan });
    setTold({ words: t("given.recorded"), warnings: done.warnings });
    setCorrecting(null);
    setFault(null);
  };
  const send: Send = (values, vials, record) => {
    if (!kept) {
      change(takeOver(vials.date, values));
      setTold({ words: t("given.taken_over", { date: vials.date }), warnings: [] });
      return;
    }
    const at = { version: kept.version, cycle: kept.cycle };
    persons
      .given(kept.code, record, at, correcting?.id ?? null)
      .then(recorded)
      .catch((error: unknown) => {
        if (error instanceof ApiError) setFault(error.fault);
      });
  };
  const unkept = meta.store !== null && !kept;
  return (
    <Panel title={t("given.title")}>
      <p className="note">{t(meta.store ? "given.lead_store" : "given.lead_file")}</p>
      {told && (
        <Message kind="fine">
          <p role="status">{told.words}</p>
          {told.warnings.map((text) => (
            <p lang="en" key={text}>
              {text}
            </p>
          ))}
        </Message>
      )}
      {kept && cycle && cycle.given.length > 0 && <Lots lots={cycle.given} onCorrect={setCorrecting} />}
      {correcting && (
        <p>
          {t("given.correcting", { lot: correcting.lot })}{" "}
          <button type="button" className="quiet" onClick={() => setCorrecting(null)}>
            {t("given.not_correct")}
          </button>
        </p>
      )}
      <FaultMessage fault={fault} />
      {unkept && <p>{t("given.keep_first")}</p>}
      {!unkept && rows.length === 0 && (!kept || cycle) && <p>{t("given.no_plan")}</p>}
      {!unkept && rows.length > 0 && (
        <Form
          key={`${correcting?.id ?? ""} ${cycle?.given.length ?? 0} ${rows.map((row) => row.muscle + row.side).join(" ")}`}
          rows={rows}
          before={correcting}
          store={kept !== null}
          onDone={send}
        />
      )}
    </Panel>
  );
}
