// What an attempt amounts to: what failed it first, the score with its parts, the drawings, units by muscle, ranges held.
import { useEffect, useRef, type ReactNode } from "react";
import type { Result } from "../api/training";
import { useWords } from "../i18n";
import { useHeld } from "../screens/sites";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";
import { Picture } from "./placing";
import { Panel, Table } from "./screen";
import { Badge, byseverity, IssueItem, Message, SourceLine } from "./severity";

const PERCENT = 100;

function Parts({ result }: { result: Result }): ReactNode {
  const { t, language } = useWords();
  return (
    <ul className="plain points">
      {result.parts.map((one) => (
        <li key={one.part}>
          <strong>{t(`trainer.part.${one.part}`)}</strong>
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
  const { t, name, language } = useWords();
  if (result.muscles.length === 0) return null;
  const most = Math.max(...result.muscles.map((row) => row.held_U), 1);
  const percent = (share: number): string => `${shown(share * PERCENT, 0, language)} %`;
  return (
    <Panel title={t("trainer.units")}>
      <ul className="plain points" aria-hidden="true">
        {result.muscles.map((row) => (
          <li key={row.muscle}>
            <span>{name(row.muscle)}</span>
            <span className="number">{shown(row.held_U, 1, language)} U</span>
            <span className={`track${row.target ? "" : " beside"}`}>
              <span style={{ width: `${(PERCENT * row.held_U) / most}%` }} />
            </span>
          </li>
        ))}
      </ul>
      <Table
        caption={t("trainer.units_caption")}
        heads={[t("muscle"), t("trainer.target"), t("trainer.held_units"), t("trainer.beyond"), t("trainer.force")]}
        numbers={[2, 3, 4]}
        rows={result.muscles.map((row) => [
          name(row.muscle),
          t(row.target ? "trainer.is_target" : "trainer.is_neighbour"),
          `${shown(row.held_U, 1, language)} U`,
          percent(row.beyond_half),
          percent(row.lowest_force),
        ])}
      />
    </Panel>
  );
}

function Held({ result }: { result: Result }): ReactNode {
  const { t, name } = useWords();
  const { meta } = useStore();
  const held = useHeld();
  if (result.held.length === 0) return null;
  return (
    <Panel title={t("sites.held")}>
      <ul className="plain">
        {result.held.map((row) => (
          <li key={row.id}>
            <strong>{row.muscles.map(name).join(", ")}</strong>: {held(row)}. <SourceLine source={row.source} />
          </li>
        ))}
      </ul>
      <p className="note">{meta.wording["ranges"]}</p>
    </Panel>
  );
}

interface Props {
  result: Result;
  next: string | null;
  onAgain: () => void;
}

export function Reveal({ result, next, onAgain }: Props): ReactNode {
  const { t, term, language } = useWords();
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    head.current?.focus();
    head.current?.scrollIntoView({ block: "center" });
  }, []);
  const { section = [], front, back } = result.drawings;
  const views = [...section, ...[front, back].filter((one) => one !== undefined)];
  return (
    <div className="columns two">
      <div className="stack">
        <section className="panel">
          <h2 ref={head} tabIndex={-1}>
            {t("trainer.score", { score: shown(result.score, 0, language) })}{" "}
            <Badge kind={result.passed ? "fine" : "critical"}>{t(result.passed ? "trainer.passed" : "trainer.not_passed")}</Badge>
          </h2>
          {result.failed.map((row, at) => (
            <Message key={at} kind="critical">
              <p>
                <strong>{t("trainer.crossed", { number: row.needle, structure: term(row.structure) })}</strong> {t("trainer.crossed_fails")}
              </p>
              <p>
                <SourceLine source={row.source} /> · {term(row.basis)}
              </p>
            </Message>
          ))}
          <p>{result.feedback}</p>
          <Parts result={result} />
          <p className="note">{result.wording["trainer"]}</p>
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
        {views.length > 0 && (
          <Panel title={t("trainer.drawings")}>
            {views.map((svg, at) => (
              <div className="drawing" key={at}>
                <Picture svg={svg} />
              </div>
            ))}
          </Panel>
        )}
      </div>
      <div className="stack">
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
