// One case of the trainer: what is asked, the section to place needles in (or names, or causes), commit, reveal.
import { useCallback, useEffect, useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { useLive } from "../api/live";
import { training, type Answer, type Lesson as Asked, type Result, type View } from "../api/training";
import type { Fault } from "../api/types";
import { useWords } from "../i18n";
import { NeedleFields } from "../parts/needles";
import { LevelView, Picture, Placing } from "../parts/placing";
import { Reveal } from "../parts/reveal";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { FaultMessage } from "../parts/severity";
import { Visits } from "../parts/visits";
import { LEARNER, useKept } from "../state/kept";
import type { Needle } from "../state/needle";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

const PERCENT = 100;
const NAME = 1;
const WRONG = 6;
/** The last attempt: shown again where the page is loaded again, gone where the case is left. */
const LAST = "endplate.trainer.last";

const focus = (place: string): void => void window.setTimeout(() => document.querySelector<HTMLElement>(place)?.focus());

interface Draft {
  needles: Needle[];
  picked: string;
}

/** The answer as it is sent; a key of a sentence where it is not yet one. */
function answerOf(level: number, { needles, picked }: Draft): Answer | string {
  if (level === NAME) return picked ? { muscle: picked } : "trainer.no_choice";
  if (level === WRONG) return picked ? { cause: picked } : "trainer.no_choice";
  if (needles.length === 0) return "trainer.no_needle";
  return needles.some((needle) => needle.dose === "") ? "trainer.no_dose" : { needles };
}

function Choices({ label, options, value, words, onChange }: {
  label: string;
  options: string[];
  value: string;
  words: (id: string) => string;
  onChange: (value: string) => void;
}): ReactNode {
  return (
    <fieldset>
      <legend>{label}</legend>
      {options.map((id) => (
        <label className="tick" key={id}>
          <input type="radio" name="answer" checked={value === id} onChange={() => onChange(id)} />
          <span>{words(id)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Brief({ lesson }: { lesson: Asked }): ReactNode {
  const { t, name, language } = useWords();
  const { task } = lesson;
  const rows: [string, ReactNode][] = [];
  if (task.muscles) rows.push([t("trainer.targets"), task.muscles.map(name).join(", ")]);
  if (task.product) rows.push([t("step.product"), `${name(task.product)}, ${task.dilution ?? ""}`]);
  if (task.guidance) rows.push([t("product.guidance"), name(task.guidance)]);
  if (task.budget_U != null) rows.push([t("trainer.budget"), `${shown(task.budget_U, 1, language)} U`]);
  if (task.most_needles) rows.push([t("trainer.most"), task.most_needles]);
  return (
    <Panel title={t("trainer.asked")} className="brief">
      {lesson.sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <Facts rows={rows} />
    </Panel>
  );
}

/** Where the section lies, on the limb from the front or the back. */
function Where({ id, at, needles, onAt }: { id: string; at: number; needles: Needle[]; onAt: (at: number) => void }): ReactNode {
  const { t } = useWords();
  const [view, setView] = useState<View>("front");
  const drawn = useLive(`${id} ${view}`, (signal) => training.view(id, view, signal));
  return (
    <Panel title={t("trainer.view")}>
      <div className="tabs" role="group" aria-label={t("limb.view")}>
        {(["front", "back"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={view === one} onClick={() => setView(one)}>
            {t(`view.${one}`)}
          </button>
        ))}
      </div>
      <FaultMessage fault={drawn.error?.fault} />
      {drawn.data && <LevelView drawing={drawn.data} at={at} needles={needles} onAt={onAt} />}
      <p className="note">{t("trainer.view_hint")}</p>
    </Panel>
  );
}

function Rules({ lesson }: { lesson: Asked }): ReactNode {
  const { t } = useWords();
  const { meta } = useStore();
  const placing = lesson.level !== NAME && lesson.level !== WRONG;
  const structures = lesson.task.structures ?? [];
  return (
    <div className="stack">
      {placing && (
        <Panel title={t("trainer.rules")}>
          <ul>
            <li>{t("trainer.rule_mouse")}</li>
            <li>{t("trainer.rule_keys")}</li>
            <li>{t("trainer.rule_angles")}</li>
            <li>{t("trainer.rule_score")}</li>
          </ul>
        </Panel>
      )}
      {structures.length > 0 && (
        <Panel title={t("trainer.no_go")}>
          <ul>
            {structures.map((row) => (
              <li key={row.name}>
                {row.name}
                {!row.judged && ` – ${t("trainer.unjudged")}`}
              </li>
            ))}
          </ul>
          <p className="note">
            {t("trainer.no_go_lead")} {structures.some((row) => row.basis === "recalled") && t("trainer.no_go_recalled")}
          </p>
        </Panel>
      )}
      <p className="note">{meta.wording["trainer"]}</p>
    </div>
  );
}

export function Lesson({ id }: { id: string }): ReactNode {
  const { t } = useWords();
  const lesson = useLive(id, (signal) => training.lesson(id, signal));
  const [learner] = useKept(LEARNER, "");
  const list = useLive("training list", (signal) => training.list(learner, signal));
  const ids = list.data?.trainings.map((row) => row.id) ?? [];
  const [last, setLast] = useKept<{ id: string; result: Result } | null>(LAST, null, sessionStorage);
  const result = last?.id === id ? last.result : null;
  useEffect(() => () => sessionStorage.removeItem(LAST), []);
  const title = lesson.data?.title ?? t("step.trainer");
  return (
    <ScreenFrame title={title} lead={lesson.data && t("trainer.level", { level: lesson.data.level, name: t(`trainer.level.${lesson.data.level}`) })}>
      <FaultMessage fault={lesson.error?.fault} />
      <div className="trainer">
        {result && <Reveal result={result} task={lesson.data?.task} next={ids[ids.indexOf(id) + 1] ?? null} onAgain={() => setLast(null)} />}
        {lesson.data && !result && <Play lesson={lesson.data} learner={learner} onResult={(found) => setLast({ id, result: found })} />}
      </div>
    </ScreenFrame>
  );
}

function Play({ lesson, learner, onResult }: { lesson: Asked; learner: string; onResult: (result: Result) => void }): ReactNode {
  const { t, term, name, language } = useWords();
  const { id, level, side, task } = lesson;
  const [draft, setDraft] = useKept<Draft>(`endplate.trainer.${id}`, { needles: [], picked: "" });
  const [at, setAt] = useState(draft.needles[0]?.at ?? lesson.at);
  const [chosen, setChosen] = useState(0);
  const [tip, setTip] = useState<string | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [lacks, setLacks] = useState("");
  const [busy, setBusy] = useState(false);
  const section = useLive(level === WRONG ? null : `${id} ${at}`, (signal) => training.section(id, at, signal));
  const most = task.most_needles ?? 1;
  const own = draft.needles[chosen];
  const choose = useCallback(
    (index: number): void => {
      setChosen(index);
      const needle = draft.needles[index];
      if (needle) setAt(needle.at);
    },
    [draft],
  );
  const change = (needles: Needle[], index: number): void => {
    setDraft({ ...draft, needles });
    setChosen(index);
    setLacks("");
    const needle = needles[index];
    if (needle) setAt(needle.at);
  };
  /** A needle begins on the skin, so that adding one answers nothing. What is added or taken out takes the focus along, so that no key goes astray. */
  const add = (): void => {
    change([...draft.needles, { at, angle_deg: 0, depth_mm: 0, tilt_deg: 0, dose: "" }], draft.needles.length);
    focus(`[data-needle="${draft.needles.length}"]`);
  };
  const remove = (index: number): void => {
    change(draft.needles.toSpliced(index, 1), Math.max(0, index - 1));
    focus("[data-add]");
  };
  const pick = (picked: string): void => {
    setDraft({ ...draft, picked });
    setLacks("");
  };
  const commit = (): void => {
    const answer = answerOf(level, draft);
    if (typeof answer === "string") return setLacks(t(answer));
    const wrong = document.querySelector<HTMLElement>(".needle-fields [aria-invalid='true']");
    if (wrong) {
      wrong.focus();
      return setLacks(t("trainer.mend_first"));
    }
    setLacks("");
    setBusy(true);
    training.attempt(id, answer, learner).then(onResult, (error: unknown) => {
      setBusy(false);
      setFault(error instanceof ApiError ? error.fault : null);
    });
  };
  const placing = level !== NAME && level !== WRONG;
  const round = (value: number): string => shown(value, 1, language);
  const said = own && {
    number: chosen + 1,
    at: round(own.at * PERCENT),
    angle: own.angle_deg,
    depth: round(own.depth_mm),
    tilt: round(own.tilt_deg),
    muscle: term(tip),
  };
  const send = (
    <>
      <FaultMessage fault={fault} />
      {lacks && (
        <p className="error-text" role="alert">
          {lacks}
        </p>
      )}
      <button type="button" className="main" disabled={busy} onClick={commit}>
        {t("trainer.commit")}
      </button>
    </>
  );
  if (!placing)
    return (
      <div className="columns half">
        <div className="stack">
          <Brief lesson={lesson} />
          <section className="panel" aria-label={t("trainer.answer")}>
            {level === NAME ? (
              <Choices label={t("muscle")} options={task.choices ?? []} value={draft.picked} words={name} onChange={pick} />
            ) : (
              <Choices
                label={t("trainer.cause")}
                options={(task.causes ?? []).map((one) => one.cause)}
                value={draft.picked}
                words={(one) => t(`trainer.cause.${one}`)}
                onChange={pick}
              />
            )}
            {send}
          </section>
        </div>
        <div className="stack">
          {level === WRONG && <Visits task={task} />}
          {section.data && (
            <section className="panel" aria-label={t("view.section")}>
              <div className="drawing">
                <Picture svg={section.data.svg} />
              </div>
              <p className="note">{t("limb.schematic")}</p>
            </section>
          )}
          <Rules lesson={lesson} />
        </div>
      </div>
    );
  return (
    <div className="columns">
      <div className="stack">
        <Brief lesson={lesson} />
        <div>
          <NeedleFields needles={draft.needles} chosen={chosen} onChange={change} onChoose={choose} onRemove={remove} />
          <button
            type="button"
            data-add
            disabled={draft.needles.length >= most}
            onClick={add}
          >
            {t("trainer.add")}
          </button>
        </div>
      </div>
      <div className="stack">
        <section className="panel" aria-label={t("view.section")}>
          <label className="field">
            <span className="label">{t("trainer.cut", { percent: Math.round(at * PERCENT), mm: Math.round(at * lesson.length_mm) })}</span>
            <input
              type="range"
              min={1}
              max={99}
              step={1}
              value={Math.round(at * PERCENT)}
              onChange={(event) => setAt(Number(event.target.value) / PERCENT)}
            />
          </label>
          <FaultMessage fault={section.error?.fault} />
          {section.data && (
            <Placing
              drawing={section.data}
              side={side}
              at={at}
              needles={draft.needles}
              chosen={chosen}
              most={most}
              onChange={change}
              onChoose={choose}
              onTip={setTip}
            />
          )}
          <p role="status">{said ? t(tip ? "trainer.said_in" : "trainer.said", said) : t("trainer.none_yet")}</p>
          {send}
          <p className="note">{t("limb.schematic")}</p>
        </section>
        <Where id={id} at={at} needles={draft.needles} onAt={setAt} />
      </div>
      <Rules lesson={lesson} />
    </div>
  );
}
