// What stands on every screen: the banner, the tools, the steps, the plan bar.
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import type { components } from "../api/openapi";
import { useWords } from "../i18n";
import { planned, toCase } from "../state/draft";
import { REPORT, useKept, wantedOf, type ReportWanted } from "../state/kept";
import { shown } from "../state/quantity";
import { unmet, type Marked } from "../state/steps";
import { useStore } from "../state/store";
import { RESEARCH, STEPS, type Screen } from "../router";
import { Jump } from "./faults";
import { KeptLine } from "./keep";
import { Badge, Icon } from "./severity";

type Verb = components["schemas"]["Command"]["verb"];

const VERBS: Partial<Record<Screen, Verb>> = {
  check: "check",
  simulate: "simulate",
  compare: "optimise",
  followup: "individualise",
  next: "individualise",
  sensitivity: "sensitivity",
  develop: "develop",
};

function CommandDialog({ screen, onClose }: { screen: Screen; onClose: () => void }): ReactNode {
  const { t, language } = useWords();
  const { state, meta } = useStore();
  const [wanted] = useKept<ReportWanted>(REPORT, { tongue: language, left: [] });
  const [text, setText] = useState("");
  const [told, setTold] = useState("");
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    box.current?.showModal();
    api
      .command(toCase(state.draft), VERBS[screen] ?? "run", screen === "report" ? wantedOf(wanted, meta) : undefined)
      .then((found) => setText(found.command))
      .catch((error: unknown) => setText(error instanceof ApiError ? error.fault.message : String(error)));
  }, [screen, state.draft, wanted, meta]);
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(
      () => setTold(t("command.copied")),
      () => setTold(t("command.by_hand")),
    );
  };
  return (
    <dialog ref={box} onClose={onClose} aria-labelledby="command-title">
      <h2 id="command-title">{t("command.title")}</h2>
      <p className="note">{t("command.lead")}</p>
      <p className="command" tabIndex={0}>
        {text}
      </p>
      <div className="row">
        <button type="button" className="main" onClick={copy}>
          {t("command.copy")}
        </button>
        <button type="button" onClick={() => box.current?.close()}>
          {t("close")}
        </button>
        <span role="status">{told}</span>
      </div>
    </dialog>
  );
}

export function Head({ screen }: { screen: Screen }): ReactNode {
  const { t, language, setLanguage } = useWords();
  const { state, dispatch, meta } = useStore();
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    const typed = (event: KeyboardEvent): void => {
      const field = event.target instanceof HTMLElement && event.target.matches("input, textarea");
      if (!(event.ctrlKey || event.metaKey) || field) return;
      if (event.key === "z" || event.key === "y") event.preventDefault();
      if (event.key === "y" || (event.key === "z" && event.shiftKey)) dispatch({ type: "redo" });
      else if (event.key === "z") dispatch({ type: "undo" });
    };
    window.addEventListener("keydown", typed);
    return () => window.removeEventListener("keydown", typed);
  }, [dispatch]);
  return (
    <>
      <header className="head dark">
        <a className="name" href="#/start">
          endplate
        </a>
        <p className="banner">{meta.wording["banner"]}</p>
        <div className="tools">
          <button type="button" disabled={state.past.length === 0} onClick={() => dispatch({ type: "undo" })}>
            {t("undo")}
          </button>
          <button type="button" disabled={state.future.length === 0} onClick={() => dispatch({ type: "redo" })}>
            {t("redo")}
          </button>
          <button type="button" onClick={() => setAsked(true)}>
            {t("command.button")}
          </button>
          <label>
            <span className="hidden">{t("language")}</span>
            <select value={language} onChange={(event) => setLanguage(event.target.value)}>
              <option value="en">English</option>
              <option value="es">Español</option>
            </select>
          </label>
        </div>
      </header>
      {asked && <CommandDialog screen={screen} onClose={() => setAsked(false)} />}
    </>
  );
}

/** What a step's mark says: complete, what the checks found, or what is still lacking. */
function useMarks(): Partial<Record<Screen, ReactNode>> {
  const { t } = useWords();
  const { state, check, left, meta, seen } = useStore();
  const plan = useMemo(() => JSON.stringify(planned(state.draft)), [state.draft]);
  const mustAsk = meta.vocabulary.must_ask?.[state.draft.patient.sex === "male" ? "male" : "female"] ?? [];
  const worst = check.data && !check.busy && !check.error && left.length === 0 ? check.data.worst : null;
  const known = { mustAsk, refused: left.map((one) => one.screen), worst, plan: plan === "null" ? null : plan, seen };
  const marks: Partial<Record<Screen, ReactNode>> = {};
  for (const [step, why] of Object.entries(unmet(state.draft, known)) as [Marked, string][]) {
    marks[step] = why ? (
      <span title={t(why)}>
        <svg className="state" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="5.4" fill="none" stroke="currentColor" strokeWidth="1.8" strokeDasharray="3 2.2" />
        </svg>
        <span className="hidden">
          {" "}
          ({t("step.open")}: {t(why)})
        </span>
      </span>
    ) : (
      <span>
        <svg className="state" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 8.5l3.4 3.4L13 4.6" fill="none" stroke="currentColor" strokeWidth="2.2" />
        </svg>
        <span className="hidden"> ({t("step.done")})</span>
      </span>
    );
  }
  const found = check.data?.worst;
  if (found === "critical" || found === "warning")
    marks.check = (
      <span className={`badge ${found}`}>
        <Icon kind={found} />
        <span className="hidden"> ({t(`severity.${found}`)})</span>
      </span>
    );
  return marks;
}

export function StepBar({ screen }: { screen: Screen }): ReactNode {
  const { t } = useWords();
  const marks = useMarks();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [screen]);
  const name = (step: Screen): string =>
    `${STEPS.includes(step as (typeof STEPS)[number]) && step !== "start" ? `${STEPS.indexOf(step as never)} ` : ""}${t(`step.${step}`)}`;
  return (
    <nav className={open ? "steps open" : "steps"} aria-label={t("step.bar")}>
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{name(screen)}</span>
        <span aria-hidden="true">{open ? "▲" : "▼"}</span>
        <span className="hidden">{t("step.all")}</span>
      </button>
      <ol>
        {STEPS.map((step) => (
          <li key={step}>
            <a href={`#/${step}`} aria-current={step === screen ? "step" : undefined}>
              {name(step)}
              {marks[step]}
            </a>
          </li>
        ))}
        <li className="apart">
          <a href="#/research" aria-current={RESEARCH.includes(screen as (typeof RESEARCH)[number]) ? "page" : undefined}>
            {t("step.research")}
          </a>
        </li>
      </ol>
    </nav>
  );
}

export function PlanBar(): ReactNode {
  const { t, term, language } = useWords();
  const { state, check, left, saving } = useStore();
  const { plan } = state.draft;
  const totals = check.data?.totals;
  const ready = planned(state.draft) !== null;
  return (
    <section className="bar" aria-label={t("bar.label")}>
      <span className="item">
        <span className="what">{t("bar.product")}</span>
        <strong>{plan.product ? term(plan.product) : t("bar.none")}</strong>
      </span>
      <span className="item">
        <span className="what">{t("bar.total")}</span>
        <strong>{totals ? `${shown(totals.dose_U, 1, language)} U · ${shown(totals.volume_mL, 2, language)} mL` : t("bar.no_dose")}</strong>
      </span>
      {totals?.vials != null && (
        <span className="item">
          <span className="what">{t("bar.vials")}</span>
          <strong>
            {totals.vials} · {t((totals.left_over_U ?? 0) < 0 ? "bar.short" : "bar.left", { left: shown(Math.abs(totals.left_over_U ?? 0), 1, language) })}
          </strong>
        </span>
      )}
      <span className="item">
        <span className="what">{t("bar.worst")}</span>
        {check.data && !check.error ? <Badge kind={check.data.worst} /> : <strong>{check.error ? t("bar.not_checked") : "–"}</strong>}
      </span>
      {left.length > 0 && (
        <span className="item" role="status">
          <Badge kind="critical">{t(check.error ? (totals ? "bar.as_before" : "bar.unread") : "bar.left_out", { count: left.length })}</Badge>
          <Jump left={left[0]!} />
        </span>
      )}
      <span className="item push">
        <span className="what" role="status">
          {state.gone
            ? t("saved.gone")
            : saving.state !== "none" && t(saving.state === "saved" ? "saved.file" : `saved.${saving.state}`, { file: saving.message })}
        </span>
      </span>
      <KeptLine />
      <a className={ready ? "button main" : "button"} href="#/simulate">
        {t("bar.simulate")}
      </a>
    </section>
  );
}
