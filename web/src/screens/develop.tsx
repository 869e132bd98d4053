// `develop`: a child from now to age 18, untreated and under the plan repeated, by every assumption side by side.
import { useMemo, useState, type ReactNode } from "react";
import { api, type Asked } from "../api/client";
import type { Developed } from "../api/developed";
import { useJob } from "../api/jobs";
import { useLive } from "../api/live";
import { useWords } from "../i18n";
import { Answer } from "../parts/developed/answer";
import { Field } from "../parts/fields";
import { JobLine } from "../parts/job";
import { Panel, ScreenFrame } from "../parts/screen";
import { Badge, Message } from "../parts/severity";
import { minor } from "../state/changes";
import { planned, type Draft } from "../state/draft";
import { useKept } from "../state/kept";
import { plainNumber } from "../state/quantity";
import { useStore } from "../state/store";

const SEED = 1;
const USUAL = { every: "26", stop: "18", draws: "500" };
const BOUNDS: Record<keyof typeof USUAL, [number, number]> = { every: [12, 104], stop: [1, 18], draws: [1, 5000] };

/** What a draft still lacks for this question; null where it can be asked. */
export function lacking(draft: Draft): string | null {
  if (!minor(draft)) return "develop.lacks.child";
  if (!draft.patient.gmfcs) return "develop.lacks.gmfcs";
  return planned(draft) ? null : "develop.lacks.plan";
}

/** The options as they are asked; null where one is no number within its bounds. */
export function optionsOf(typed: typeof USUAL): NonNullable<Asked["options"]> | null {
  const numbers = Object.entries(typed).map(([key, text]) => {
    const [low, high] = BOUNDS[key as keyof typeof USUAL];
    const value = Number(plainNumber(text) ?? Number.NaN);
    const whole = key === "stop" || Number.isInteger(value);
    return whole && value >= low && value <= high ? value : null;
  });
  const [every, stop, draws] = numbers;
  if (every == null || stop == null || draws == null) return null;
  return { every_wk: every, stop_y: stop, draws, seed: SEED };
}

export default function DevelopScreen(): ReactNode {
  const { t } = useWords();
  const { state, meta } = useStore();
  const [typed, setTyped] = useKept("endplate.develop", USUAL);
  const [told, setTold] = useState("");
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const lacks = lacking(state.draft);
  const options = optionsOf(typed);
  const asked = value && options && lacks === null ? { case: value, options } : null;
  const key = asked && JSON.stringify(asked);
  const job = useJob<Developed>("develop", key);
  const command = useLive(key && `command ${key}`, () => api.command(asked!.case, "develop", asked!.options));
  const copy = (text: string): void => {
    navigator.clipboard.writeText(text).then(
      () => setTold(t("command.copied")),
      () => setTold(t("command.by_hand")),
    );
  };
  return (
    <ScreenFrame title={t("develop.title")} lead={t("develop.lead")}>
      <Message kind="warning">
        <Badge kind="warning">{t("develop.banner")}</Badge>
        <p>{meta.wording["development"]}</p>
      </Message>
      <div className="stack">
        <Panel title={t("develop.ask_title")}>
          {lacks && (
            <Message kind="info">
              <p>
                {t(lacks)} <a href="#/person">{t("step.person")}</a>
              </p>
            </Message>
          )}
          <div className="fields">
            {(Object.keys(USUAL) as (keyof typeof USUAL)[]).map((name) => {
              const [low, high] = BOUNDS[name];
              const wrong = optionsOf({ ...USUAL, [name]: typed[name] ?? "" }) === null;
              return (
                <Field
                  key={name}
                  label={t(`develop.option.${name}`)}
                  hint={t("develop.bounds", { low, high })}
                  error={wrong ? t("develop.bounds_wrong", { low, high }) : undefined}
                >
                  {(tied) => (
                    <input
                      {...tied}
                      type="text"
                      inputMode="decimal"
                      value={typed[name] ?? ""}
                      onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
                    />
                  )}
                </Field>
              );
            })}
          </div>
          <button type="button" className="main" disabled={!asked} onClick={() => asked && job.start({ kind: "develop", ...asked })}>
            {t("develop.ask")}
          </button>
          <JobLine job={job} />
          {command.data && (
            <>
              <h3>{t("command.title")}</h3>
              <p className="command" tabIndex={0}>
                {command.data.command}
              </p>
              <div className="row">
                <button type="button" onClick={() => copy(command.data?.command ?? "")}>
                  {t("command.copy")}
                </button>
                <span role="status">{told}</span>
              </div>
            </>
          )}
        </Panel>
        {job.result && <Answer found={job.result} />}
      </div>
    </ScreenFrame>
  );
}
