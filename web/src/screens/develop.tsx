// `develop`: a child from now to age 18, untreated and under the plan repeated, by every assumption side by side.
import { useMemo, useState, type ReactNode } from "react";
import { api, type Asked } from "../api/client";
import type { Developed } from "../api/developed";
import { useJob } from "../api/jobs";
import { useLive } from "../api/live";
import type { Meta } from "../api/types";
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
type Bounds = Meta["develop"];
type Typed = Partial<Record<keyof Bounds, string>>;

/** What a draft still lacks for this question; null where it can be asked. */
export function lacking(draft: Draft): string | null {
  if (!minor(draft)) return "develop.lacks.child";
  if (!draft.patient.gmfcs) return "develop.lacks.gmfcs";
  return planned(draft) ? null : "develop.lacks.plan";
}

/** What stands in a field: what was typed, else what is usual. */
const inField = (name: keyof Bounds, typed: Typed, held: Bounds): string => typed[name] ?? String(held[name].usual);

/** The options as they are asked; null where one is no number within its bounds. */
export function optionsOf(typed: Typed, held: Bounds): NonNullable<Asked["options"]> | null {
  const number = (name: keyof Bounds): number | null => {
    const value = Number(plainNumber(inField(name, typed, held)) ?? Number.NaN);
    const fits = (name === "stop" || Number.isInteger(value)) && value >= held[name].least && value <= held[name].most;
    return fits ? value : null;
  };
  const [every_wk, stop_y, draws] = [number("every"), number("stop"), number("draws")];
  return every_wk === null || stop_y === null || draws === null ? null : { every_wk, stop_y, draws, seed: SEED };
}

export default function DevelopScreen(): ReactNode {
  const { t } = useWords();
  const { state, meta } = useStore();
  const held = meta.develop;
  const [typed, setTyped] = useKept<Typed>("endplate.develop", {});
  const [told, setTold] = useState("");
  const plan = useMemo(() => planned(state.draft), [state.draft]);
  const lacks = lacking(state.draft);
  const options = optionsOf(typed, held);
  const asked = plan && options && lacks === null ? { case: plan, options } : null;
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
            {(["every", "stop", "draws"] as const).map((name) => {
              const { least: low, most: high } = held[name];
              const value = inField(name, typed, held);
              const wrong = optionsOf({ [name]: value }, held) === null;
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
                      value={value}
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
