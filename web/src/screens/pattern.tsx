import { useMemo, useState, type ReactNode } from "react";
import type { PatternMuscle } from "../api/types";
import { capital, useWords } from "../i18n";
import { DateField, QuantityField, SelectField, TextField } from "../parts/fields";
import { RowFault } from "../parts/faults";
import { LimbView } from "../parts/limb";
import { Panel, ScreenFrame } from "../parts/screen";
import { Badge, SourceLine } from "../parts/severity";
import { addMuscle, addPattern, addRow, removeInjection, removeRow, setInjection, setRow } from "../state/changes";
import { split } from "../state/quantity";
import { useStore } from "../state/store";

const SIDES = ["left", "right", "bilateral"];
const SHOWN = ["date", "joint", "side", "movement", "scale", "value", "tardieu.r1", "tardieu.r2"];
const field = (at: number, name: string): string => `assessment[${at}].${name}`;

function Assessments(): ReactNode {
  const { t, term } = useWords();
  const { state, change, meta } = useStore();
  const words = meta.vocabulary;
  const movements = (joint: string): string[] => words.joints.find((row) => row.id === joint)?.movements ?? [];
  const grades = (scale: string): string[] => words.scales.find((row) => row.id === scale)?.grades ?? [];
  return (
    <Panel title={t("pattern.findings")}>
      <p className="note">{t("pattern.findings_lead")}</p>
      {state.draft.assessment.map((row, at) => {
        const set = (part: object, field?: string): void => change(setRow("assessment", at, part), field && `assessment.${at}.${field}`);
        const angle =
          (key: "r1" | "r2") =>
          (value: string): void => {
            const held = row.tardieu ?? { r1: "", r2: "" };
            const next = { ...held, [key]: value };
            set({ tardieu: next.r1 || next.r2 ? next : null }, key);
          };
        return (
          <fieldset className="group" key={at}>
            <legend>
              {row.joint ? `${term(row.joint)} ${term(row.movement)}, ${term(row.side)}` : t("pattern.finding", { number: at + 1 })}
            </legend>
            <div className="fields">
              <SelectField
                path={field(at, "joint")}
                label={t("joint")}
                value={row.joint}
                empty={t("choose")}
                options={words.joints.map((one) => one.id)}
                onChange={(joint) => set({ joint, movement: movements(joint)[0] ?? "" })}
              />
              <SelectField
                path={field(at, "movement")}
                label={t("movement")}
                value={row.movement}
                empty={t("choose")}
                options={movements(row.joint)}
                onChange={(movement) => set({ movement })}
              />
              <SelectField
                path={field(at, "side")}
                label={t("side")} value={row.side} empty={t("choose")} options={SIDES} onChange={(side) => set({ side })} />
              <SelectField
                path={field(at, "scale")}
                label={t("scale")}
                value={row.scale ?? ""}
                empty={t("choose")}
                options={words.scales.filter((one) => one.grades.length > 0).map((one) => one.id)}
                onChange={(scale) => set({ scale, value: "" })}
              />
              <SelectField
                path={field(at, "value")}
                label={t("grade")}
                value={row.value ?? ""}
                empty={t("choose")}
                options={grades(row.scale ?? "")}
                words={(id) => id}
                onChange={(value) => set({ value })}
              />
              <DateField path={field(at, "date")} label={t("date")} value={row.date ?? ""} onChange={(date) => set({ date }, "date")} />
            </div>
            <div className="row angles">
              <span>{t("pattern.tardieu")}</span>
              {(["r1", "r2"] as const).map((key) => (
                <QuantityField
                  key={key}
                  path={field(at, `tardieu.${key}`)}
                  label={key.toUpperCase()}
                  value={row.tardieu?.[key] ?? ""}
                  units={["deg"]}
                  onChange={angle(key)}
                />
              ))}
              <span className="note">{t("pattern.angles")}</span>
            </div>
            <RowFault path={`assessment[${at}]`} shown={SHOWN} />
            <button type="button" className="quiet" onClick={() => change(removeRow("assessment", at))}>
              {t("remove_finding", { number: at + 1 })}
            </button>
          </fieldset>
        );
      })}
      <button
        type="button"
        onClick={() =>
          change(
            addRow("assessment", { date: state.draft.plan.date, joint: "", side: "", movement: "", scale: "modified_ashworth", value: "" }),
          )
        }
      >
        {t("pattern.add_finding")}
      </button>
    </Panel>
  );
}

function Goals(): ReactNode {
  const { t } = useWords();
  const { state, change, meta } = useStore();
  const words = meta.vocabulary;
  return (
    <Panel title={t("pattern.goals")}>
      {state.draft.goals.map((row, at) => (
        <fieldset className="group" key={at}>
          <legend>{t("pattern.goal", { number: at + 1 })}</legend>
          <TextField
            path={`goals[${at}].text`}
            label={t("pattern.goal_text")}
            value={row.text}
            onChange={(text) => change(setRow("goals", at, { text }), `goals.${at}.text`)}
          />
          <div className="fields">
            <SelectField
              label={t("pattern.goal_kind")}
              value={row.kind ?? ""}
              empty={t("not_stated")}
              options={words.goal_kinds ?? []}
              onChange={(kind) => change(setRow("goals", at, { kind }))}
            />
            <SelectField
              label={t("joint")}
              value={row.joint ?? ""}
              empty={t("not_stated")}
              options={words.joints.map((one) => one.id)}
              onChange={(joint) => change(setRow("goals", at, { joint }))}
            />
            <SelectField
              label={t("side")}
              value={row.side ?? ""}
              empty={t("not_stated")}
              options={SIDES}
              onChange={(side) => change(setRow("goals", at, { side }))}
            />
            <SelectField
              label={t("pattern.gas")}
              value={row.gas_baseline?.toString() ?? ""}
              empty={t("not_stated")}
              options={["-2", "-1", "0", "1", "2"]}
              words={(level) => `${level.replace("-", "−")} ${t(`gas.${level}`)}`}
              onChange={(level) => change(setRow("goals", at, { gas_baseline: level ? Number(level) : null }))}
            />
          </div>
          <RowFault path={`goals[${at}]`} shown={["text"]} />
          <button type="button" className="quiet" onClick={() => change(removeRow("goals", at))}>
            {t("remove_goal", { number: at + 1 })}
          </button>
        </fieldset>
      ))}
      <button type="button" onClick={() => change(addRow("goals", { text: "" }))}>
        {t("pattern.add_goal")}
      </button>
    </Panel>
  );
}

function Patterns({ side, setSide }: { side: string; setSide: (side: string) => void }): ReactNode {
  const { t, term, name } = useWords();
  const { state, change, meta } = useStore();
  const [told, setTold] = useState("");
  const injected = new Set(state.draft.plan.injections.map((row) => row.muscle));
  const limb = (muscle: string): string => meta.vocabulary.muscles.find((row) => row.id === muscle)?.limb ?? "";
  return (
    <Panel title={t("pattern.pick")}>
      <p className="note">{t("pattern.pick_lead")}</p>
      <SelectField label={t("side")} value={side} empty={t("choose")} options={SIDES} onChange={setSide} />
      {(["upper", "lower"] as const).map((part) => (
        <div key={part}>
          <h3>{t(`limb.${part}`)}</h3>
          <ul className="chips">
            {meta.vocabulary.patterns
              .filter((row) => limb(row.muscles[0]?.muscle ?? "") === part)
              .map((row) => (
                <li key={row.id}>
                  <button
                    type="button"
                    disabled={!side}
                    aria-pressed={row.muscles.every((one) => injected.has(one.muscle))}
                    onClick={() => {
                      change(addPattern(row.id, side, meta.vocabulary));
                      setTold(t("pattern.added", { pattern: term(row.id), count: row.muscles.length }));
                    }}
                  >
                    {name(row.id)}
                  </button>
                </li>
              ))}
          </ul>
        </div>
      ))}
      <p role="status" className="note">
        {told || (side ? "" : t("pattern.side_first"))}
      </p>
    </Panel>
  );
}

function Muscles({ side }: { side: string }): ReactNode {
  const { t, term } = useWords();
  const { state, change, meta } = useStore();
  const [muscle, setMuscle] = useState("");
  const rows = state.draft.plan.injections;
  const options = useMemo(() => [...meta.vocabulary.muscles.map((row) => row.id), ...Object.keys(meta.vocabulary.groups ?? {})], [meta]);
  return (
    <Panel title={t("pattern.muscles")}>
      {rows.length === 0 && <p>{t("pattern.muscles_none")}</p>}
      {rows.length > 0 && (
        <table className="plan">
          <caption>{t("pattern.muscles_caption")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("muscle")}</th>
              <th scope="col">{t("side")}</th>
              <th scope="col">{t("dose")}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={`${row.muscle}-${at}`}>
                <th scope="row">{term(row.muscle)}</th>
                <td data-label={t("side")}>
                  <SelectField
                    hideLabel
                    label={t("side_of", { muscle: term(row.muscle) })}
                    value={row.side}
                    options={SIDES}
                    onChange={(next) => change(setInjection(at, { side: next }))}
                  />
                </td>
                <td data-label={t("dose")}>
                  <RowFault path={`plan.injections[${at}]`} shown={[]} />
                  {row.dose ? `${split(row.dose, "U").number} ${split(row.dose, "U").unit}` : t("dose_empty")}
                </td>
                <td>
                  <button type="button" className="quiet" onClick={() => change(removeInjection(at))}>
                    {t("remove")}
                    <span className="hidden"> {term(row.muscle)}</span>
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="row" style={{ alignItems: "end", marginTop: 10 }}>
        <SelectField label={t("pattern.other_muscle")} value={muscle} empty={t("choose")} options={options} onChange={setMuscle} />
        <button
          type="button"
          disabled={!muscle || !side}
          style={{ marginBottom: 12 }}
          onClick={() => {
            change(addMuscle(muscle, side));
            setMuscle("");
          }}
        >
          {t("add")}
        </button>
      </div>
    </Panel>
  );
}

/** Why each muscle of the plan: the patterns whose sources name it, and what a source says to consider. */
function Why(): ReactNode {
  const { t, term } = useWords();
  const { state, meta, check } = useStore();
  const injected = new Set(state.draft.plan.injections.map((row) => row.muscle));
  const named = meta.vocabulary.patterns.flatMap((row) => row.muscles.map((one): [string, PatternMuscle] => [row.id, one]));
  const members = (muscle: string): string[] => meta.vocabulary.groups?.[muscle] ?? [muscle];
  const mine = [...injected].map((muscle) => ({ muscle, links: named.filter(([, one]) => members(muscle).includes(one.muscle)) }));
  const seen = new Set<string>();
  const others = (check.data?.selection?.candidates ?? []).filter(
    (row) => !row.injected && !injected.has(row.muscle) && !seen.has(row.muscle) && seen.add(row.muscle),
  );
  return (
    <Panel title={t("pattern.why")}>
      {mine.length === 0 && <p className="note">{t("pattern.why_none")}</p>}
      <ul>
        {mine.map(({ muscle, links }) => (
          <li key={muscle}>
            <strong>{capital(term(muscle))}</strong>:{" "}
            {links.length > 0
              ? [...new Set(links.map(([pattern, one]) => `${term(pattern)} (${term(one.role)})`))].join(", ")
              : t("pattern.no_source")}
            .{" "}
            {links[0] && (
              <span className="note">
                {term(links[0][1].basis)}, <SourceLine source={links[0][1].source} />
              </span>
            )}
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <>
          <h3>{t("pattern.consider")}</h3>
          <ul>
            {others.slice(0, 8).map((row) => (
              <li key={row.muscle}>
                {term(row.muscle)} ({term(row.pattern)}).{" "}
                <span className="note">
                  <SourceLine source={row.source} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {check.data?.selection && (
        <p>
          <Badge kind="info">{t("pattern.distribution", { kind: term(check.data.selection.distribution) })}</Badge>
        </p>
      )}
    </Panel>
  );
}

export function PatternScreen(): ReactNode {
  const { t } = useWords();
  const { state } = useStore();
  const first = state.draft.plan.injections[0]?.side ?? state.draft.assessment[0]?.side ?? "";
  const [side, setSide] = useState(first);
  return (
    <ScreenFrame title={t("step.pattern")} lead={t("pattern.lead")}>
      <div className="columns">
        <div className="stack">
          <Patterns side={side} setSide={setSide} />
          <Muscles side={side} />
        </div>
        <div className="stack">
          <Assessments />
          <Goals />
        </div>
        <div className="stack">
          <Panel title={t("limb.title")}>
            <LimbView compact />
          </Panel>
          <Why />
        </div>
      </div>
    </ScreenFrame>
  );
}
