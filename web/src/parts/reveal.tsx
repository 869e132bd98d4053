// What an attempt amounts to: what failed it first, the score with its parts, the drawings, units by muscle, ranges held.
import { useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import type { Result, Task } from "../api/training";
import { useWords } from "../i18n";
import { useHeld } from "../screens/sites";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";
import { WhyJoint } from "./explained";
import { NARROW, Picture } from "./placing";
import { Panel, Table } from "./screen";
import { Badge, byseverity, IssueItem, Message, SourceLine } from "./severity";
import { Visits } from "./visits";

const PERCENT = 100;

function Parts({ result }: { result: Result }): ReactNode {
  const { t, language } = useWords();
  const least = result.marks?.share ?? 0;
  return (
    <ul className="plain points">
      {result.parts.map((one) => (
        <li key={one.part}>
          <span>
            <strong>{t(`trainer.part.${one.part}`)}</strong> {one.points < least * one.of && <Badge kind="warning">{t("trainer.part_short")}</Badge>}
          </span>
          <span className="number">{t("trainer.points", { points: shown(one.points, 1, language), of: shown(one.of, 0, language) })}</span>
          <span className="track" aria-hidden="true">
            <span style={{ width: `${(PERCENT * one.points) / one.of}%` }} />
          </span>
          <span className="why">{one.why}</span>
        </li>
      ))}
    </ul>
  );
}

function Muscles({ result }: { result: Result }): ReactNode {
  const { t, name, term, language } = useWords();
  if (result.muscles.length === 0) return null;
  const most = Math.max(...result.muscles.map((row) => row.held_U), 1);
  const units = (held: number): string => `${shown(held, 1, language)} U`;
  const percent = (share: number): string => `${shown(share * PERCENT, 0, language)} %`;
  const kind = (target: boolean): string => t(target ? "trainer.is_target" : "trainer.is_neighbour");
  return (
    <Panel title={t("trainer.units")}>
      <ul className="plain points">
        {result.muscles.map((row) => (
          <li key={row.muscle}>
            <span>
              <strong>{name(row.muscle)}</strong>, {kind(row.target)}
            </span>
            <span className="number">{units(row.held_U)}</span>
            <span className={`track${row.target ? "" : " beside"}`} aria-hidden="true">
              <span style={{ width: `${(PERCENT * row.held_U) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
      {result.joints.map((row) => (
        <p key={row.joint + row.movement}>
          {t("trainer.joint", {
            joint: name(row.joint),
            movement: term(row.movement),
            side: term(row.side),
            scale: term(row.scale),
            grade: row.grade,
            change: shown(row.change, 2, language),
          })}
        </p>
      ))}
      <details>
        <summary>{t("trainer.more")}</summary>
        <Table
          caption={t("trainer.units_caption")}
          heads={[t("muscle"), t("trainer.held_units"), t("trainer.beyond"), t("trainer.force")]}
          numbers={[1, 2, 3]}
          rows={result.muscles.map((row) => [name(row.muscle), units(row.held_U), percent(row.beyond_half), percent(row.lowest_force)])}
        />
      </details>
    </Panel>
  );
}

function Solution({ result }: { result: Result }): ReactNode {
  const { t, name } = useWords();
  const { solution, explained } = result;
  if (!solution) return null;
  return (
    <Panel title={t("trainer.solution")}>
      <p>
        <strong>{explained ? t(`trainer.cause.${solution}`) : name(solution)}</strong>
      </p>
    </Panel>
  );
}

/** Level 6: what `explain` says of the visits. */
function Why({ explained }: { explained: NonNullable<Result["explained"]> }): ReactNode {
  const { t } = useWords();
  return (
    <Panel title={t("trainer.why")}>
      <WhyJoint causes={explained.joint.causes} told={explained.told} />
      {explained.about.map((one) => (
        <p className="note" key={one}>
          {one}
        </p>
      ))}
    </Panel>
  );
}

/** Sections through the needles, then the limb from both sides. */
function Drawings({ result }: { result: Result }): ReactNode {
  const { t } = useWords();
  const [near, setNear] = useState(() => window.matchMedia(NARROW).matches);
  const { section = [], front, back } = result.drawings;
  const targets = useMemo(() => [result.solution ?? "", ...result.muscles.filter((row) => row.target).map((row) => row.muscle)], [result]);
  const shown = [...section, front, back].filter((one) => one !== undefined);
  return (
    <Panel title={t(result.solution ? "trainer.lies" : "trainer.drawings")}>
      {!result.solution && <p className="note">{t("trainer.drawings_lead")}</p>}
      <button type="button" className="quiet" aria-pressed={near} onClick={() => setNear(!near)}>
        {t("trainer.near")}
      </button>
      {shown.map((svg, at) => (
        <div className={`drawing reveal${near ? " near" : ""}`} key={at}>
          <Picture svg={svg} lit={targets} near={near} />
        </div>
      ))}
    </Panel>
  );
}

/** What to change next time, needle by needle and dose by dose. */
function Corrections({ result }: { result: Result }): ReactNode {
  const { t } = useWords();
  if (result.corrections.length === 0) return null;
  return (
    <Panel title={t("trainer.corrections")}>
      <ul>
        {result.corrections.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </Panel>
  );
}

function Held({ result }: { result: Result }): ReactNode {
  const { t, name, language } = useWords();
  const { meta } = useStore();
  const held = useHeld();
  if (result.held.length === 0) return null;
  const say = (value: number | null): string => shown(value, 1, language);
  const given = (row: Result["held"][number]): string =>
    row.min_U == null && row.max_U == null
      ? t("trainer.given", { given: say(row.given_U) })
      : t("trainer.given_kg", { low: say(row.min_U), high: say(row.max_U), given: say(row.given_U), per_kg: say(row.given_U_per_kg) });
  return (
    <Panel title={t("sites.held")}>
      <ul className="plain">
        {result.held.map((row) => (
          <li key={row.id}>
            <strong>{row.muscles.map(name).join(", ")}</strong>: {held(row)}. {given(row)} <SourceLine source={row.source} />
          </li>
        ))}
      </ul>
      <p className="note">{meta.wording["ranges"]}</p>
    </Panel>
  );
}

interface Props {
  result: Result;
  task: Task | undefined;
  next: string | null;
  onAgain: () => void;
}

export function Reveal({ result, task, next, onAgain }: Props): ReactNode {
  const { t, term, language } = useWords();
  const { meta } = useStore();
  const head = useRef<HTMLHeadingElement>(null);
  const score = t("trainer.score", { score: shown(result.score, 0, language) });
  const first = result.reasons[0]?.why;
  const more = first && result.feedback.startsWith(first) ? result.feedback.slice(first.length).trim() : result.feedback;
  const others = result.reasons.slice(1).filter((reason) => reason.kind !== "part" && reason.kind !== "structure");
  useEffect(() => {
    head.current?.focus();
    head.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <div className={result.explained ? "columns half" : "columns two"}>
      <div className="stack">
        <section className="panel">
          <h2 ref={head} tabIndex={-1}>
            {first ? t("trainer.not_passed_as", { reason: first }) : score}{" "}
            <Badge kind={first ? "critical" : "fine"}>{t(first ? "trainer.not_passed" : "trainer.passed")}</Badge>
          </h2>
          {first && <p>{score}</p>}
          {result.failed.map((row, at) => (
            <Message key={at} kind="critical">
              <p>
                <strong>{t("trainer.crossed", { number: row.needle, structure: row.structure })}</strong> {t("trainer.crossed_fails")}
              </p>
              <p>
                <SourceLine source={row.source} /> · {term(row.basis)}
              </p>
            </Message>
          ))}
          {more && <p>{more}</p>}
          {others.length > 0 && (
            <>
              <p>{t("trainer.also")}</p>
              <ul>
                {others.map((reason) => (
                  <li key={reason.why}>{reason.why}</li>
                ))}
              </ul>
            </>
          )}
          <Parts result={result} />
          {result.marks && (
            <p className="note">
              {t("trainer.marks", { points: shown(result.marks.points, 0, language), share: shown(result.marks.share * PERCENT, 0, language) })}
            </p>
          )}
          <p className="note">{meta.wording["trainer"]}</p>
          <div className="row">
            <button type="button" className="main" onClick={onAgain}>
              {t("trainer.again")}
            </button>
            {next && (
              <a className="button" href={`#/trainer/${next}`}>
                {t("trainer.next")}
              </a>
            )}
            <a className="button" href="#/trainer">
              {t("trainer.all")}
            </a>
          </div>
        </section>
        {result.explained ? <Why explained={result.explained} /> : <Drawings result={result} />}
      </div>
      <div className="stack">
        <Solution result={result} />
        <Corrections result={result} />
        {result.explained && task && <Visits task={task} revealed />}
        <Muscles result={result} />
        <Held result={result} />
        {result.checks.length > 0 && (
          <Panel title={t("step.check")}>
            <ul className="checks">
              {byseverity(result.checks).map((issue, at) => (
                <IssueItem key={at} issue={issue} />
              ))}
            </ul>
          </Panel>
        )}
      </div>
    </div>
  );
}
