import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { DateField, QuantityField, SelectField, TextField } from "../parts/fields";
import { RowFault } from "../parts/faults";
import { Panel, ScreenFrame } from "../parts/screen";
import { Badge, Message } from "../parts/severity";
import { Timing } from "../parts/timing";
import { addRow, LEAST_YEARS, minor, removeRow, setPatient, setRow, tickCaution } from "../state/changes";
import { amount, years } from "../state/quantity";
import { useStore } from "../state/store";

function Basics(): ReactNode {
  const { t } = useWords();
  const { state, change, meta } = useStore();
  const { patient } = state.draft;
  const words = meta.vocabulary;
  const set =
    (field: string) =>
    (value: string): void =>
      change(setPatient({ [field]: value }), `patient.${field}`);
  const child = minor(state.draft);
  const age = years(patient.age);
  return (
    <Panel title={t("person.who")}>
      {age !== null && age < LEAST_YEARS && (
        <Message kind="critical">
          <Badge kind="critical" />
          <p role="alert">{t("person.under_2")}</p>
        </Message>
      )}
      {child && (
        <Message kind="warning">
          <Badge kind="warning">{t("person.child")}</Badge>
          <p>{meta.wording["under_18"]}</p>
        </Message>
      )}
      <div className="fields">
        <TextField path="patient.code" label={t("person.code")} hint={t("person.code_hint")} value={patient.code} onChange={set("code")} />
        <QuantityField path="patient.age" label={t("person.age")} value={patient.age ?? ""} units={["y", "mo"]} onChange={set("age")} />
        <QuantityField
          path="patient.weight"
          label={child ? t("person.weight_required") : t("person.weight")}
          value={patient.weight ?? ""}
          units={["kg"]}
          onChange={set("weight")}
          error={child && !patient.weight ? t("unmet.weight") : undefined}
        />
        {(child || patient.weighed_on) && (
          <DateField
            path="patient.weighed_on"
            label={t("person.weighed_on")}
            hint={t("person.weighed_on_hint")}
            value={patient.weighed_on ?? ""}
            onChange={set("weighed_on")}
          />
        )}
        <SelectField
          label={t("person.sex")}
          value={patient.sex ?? ""}
          onChange={set("sex")}
          options={words.sexes ?? ["female", "male"]}
          empty={t("not_stated")}
        />
        <QuantityField
          path="patient.height"
          label={t("person.height")}
          value={patient.height ?? ""}
          units={["cm"]}
          onChange={set("height")}
        />
        <SelectField
          label={t("person.condition")}
          value={patient.condition ?? ""}
          onChange={set("condition")}
          options={words.conditions}
          empty={t("not_stated")}
        />
        <QuantityField
          path="patient.months_since_onset"
          label={t("person.months")}
          value={patient.months_since_onset == null ? "" : `${patient.months_since_onset} mo`}
          units={["mo"]}
          onChange={(typed) => change(setPatient({ months_since_onset: amount(typed) }), "patient.months")}
        />
        {patient.condition === "cerebral_palsy" && (
          <SelectField
            label={t("person.gmfcs")}
            value={patient.gmfcs?.toString() ?? ""}
            options={["1", "2", "3", "4", "5"]}
            empty={t("not_stated")}
            words={(level) => ["I", "II", "III", "IV", "V"][Number(level) - 1] ?? level}
            onChange={(level) => change(setPatient({ gmfcs: level ? Number(level) : null }))}
          />
        )}
      </div>
    </Panel>
  );
}

function Cautions(): ReactNode {
  const { t, term } = useWords();
  const { state, change, meta } = useStore();
  const { cautions, asked, sex } = state.draft.patient;
  const must = meta.vocabulary.must_ask?.[sex === "male" ? "male" : "female"] ?? [];
  const all = meta.vocabulary.cautions.map((row) => row.id);
  const first = all.filter((id) => must.includes(id));
  const rest = all.filter((id) => !must.includes(id));
  const open = first.filter((id) => !cautions.includes(id) && !asked.includes(id)).length;
  const row = (id: string): ReactNode => {
    const answer = cautions.includes(id) ? "yes" : asked.includes(id) ? "no" : "";
    return (
      <tr key={id}>
        <th scope="row">{term(id)}</th>
        <td>
          <fieldset className="row" style={{ margin: 0 }}>
            <legend className="hidden">{term(id)}</legend>
            {(["yes", "no", ""] as const).map((value) => (
              <label className="tick" key={value}>
                <input type="radio" name={`caution-${id}`} checked={answer === value} onChange={() => change(tickCaution(id, value))} />
                {t(value ? `answer.${value}` : "answer.not_asked")}
              </label>
            ))}
          </fieldset>
        </td>
      </tr>
    );
  };
  return (
    <Panel title={t("person.cautions")}>
      <p className="note">{t("person.cautions_lead")}</p>
      {first.length > 0 && (
        <p role="status">
          {open > 0 ? (
            <Badge kind="warning">{t("person.cautions_open", { open })}</Badge>
          ) : (
            <Badge kind="fine">{t("person.cautions_all")}</Badge>
          )}
        </p>
      )}
      <table className="asked">
        <tbody>{(first.length > 0 ? first : rest).map(row)}</tbody>
      </table>
      {first.length > 0 && (
        <details open={rest.some((id) => cautions.includes(id))}>
          <summary>{t("person.cautions_more", { count: rest.length })}</summary>
          <table className="asked">
            <tbody>{rest.map(row)}</tbody>
          </table>
        </details>
      )}
    </Panel>
  );
}

function Earlier(): ReactNode {
  const { t } = useWords();
  const { state, change, meta } = useStore();
  return (
    <Panel title={t("person.earlier")}>
      <p className="note">{t("person.earlier_lead")}</p>
      {state.draft.history.map((row, at) => (
        <fieldset key={at} className="group">
          <legend>{t("person.session", { number: at + 1 })}</legend>
          <div className="fields">
            <DateField
              path={`history[${at}].date`}
              label={t("date")}
              value={row.date}
              onChange={(date) => change(setRow("history", at, { date }), `history.${at}.date`)}
            />
            <SelectField
              path={`history[${at}].product`}
              label={t("bar.product")}
              value={row.product}
              empty={t("choose")}
              options={meta.vocabulary.products.map((one) => one.id)}
              words={(id) => id}
              onChange={(product) => change(setRow("history", at, { product, total: null, injections: [] }))}
            />
            <SelectField
              label={t("product.indication")}
              value={row.indication ?? ""}
              empty={t("not_stated")}
              options={meta.vocabulary.indications}
              onChange={(indication) => change(setRow("history", at, { indication }))}
            />
            <QuantityField
              path={`history[${at}].total`}
              label={t("person.session_total")}
              value={row.total ?? ""}
              units={["U"]}
              onChange={(total) => change(setRow("history", at, { total }), `history.${at}.total`)}
            />
          </div>
          <RowFault path={`history[${at}]`} shown={["date", "product", "total"]} />
          <button type="button" className="quiet" onClick={() => change(removeRow("history", at))}>
            {t("remove_session", { number: at + 1 })}
          </button>
        </fieldset>
      ))}
      <button type="button" onClick={() => change(addRow("history", { date: "", product: "", indication: "spasticity", total: "" }))}>
        {t("person.add_session")}
      </button>
    </Panel>
  );
}

/** Earlier sessions and the planned one on one line of time, by date. */
function Timeline(): ReactNode {
  const { t, term } = useWords();
  const { draft } = useStore().state;
  const rows = [
    ...draft.history.filter((row) => row.date),
    { date: draft.plan.date, product: draft.plan.product, total: null, planned: true },
  ]
    .filter((row) => row.date)
    .sort((a, b) => (a.date < b.date ? -1 : 1));
  const days = rows.map((row) => Date.parse(row.date));
  const from = Math.min(...days);
  const span = Math.max(...days) - from || 1;
  const weeks = (a: number, b: number): number => Math.round(((days[a] ?? 0) - (days[b] ?? 0)) / 604800000);
  return (
    <Panel title={t("person.timeline")}>
      {rows.length < 2 ? (
        <p className="note">{t("person.timeline_none")}</p>
      ) : (
        <svg className="chart" viewBox="0 0 400 70" role="img" aria-label={t("person.timeline_label", { count: rows.length })}>
          <line className="axis" x1="16" x2="384" y1="35" y2="35" />
          {rows.map((row, at) => {
            const x = 16 + (368 * ((days[at] ?? 0) - from)) / span;
            return "planned" in row ? (
              <rect key={at} x={x - 7} y={28} width={14} height={14} fill="none" stroke="currentColor" strokeWidth="2.5" />
            ) : (
              <circle key={at} cx={x} cy={35} r={7} fill="currentColor" />
            );
          })}
        </svg>
      )}
      <ol>
        {rows.map((row, at) => (
          <li key={at}>
            {row.date}: {"planned" in row ? t("person.planned") : t("person.given")}
            {row.product && `, ${term(row.product)}`}
            {row.total && `, ${row.total}`}
            {at > 0 && ` (${t("person.weeks_after", { weeks: weeks(at, at - 1) })})`}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

export function PersonScreen(): ReactNode {
  const { t } = useWords();
  const { meta, state } = useStore();
  return (
    <ScreenFrame title={t("step.person")} lead={meta.wording["privacy"]}>
      <div className="columns two">
        <div className="stack">
          <Basics />
          <Cautions />
        </div>
        <div className="stack">
          <Earlier />
          <Timeline />
          {minor(state.draft) && <Timing />}
          <Panel title={t("person.why")}>
            <ul>
              <li>{t("person.why_model")}</li>
              <li>{t("person.why_checks")}</li>
              <li>{t("person.why_outside")}</li>
            </ul>
          </Panel>
        </div>
      </div>
    </ScreenFrame>
  );
}
