// Why a session did less than was hoped: the server's words, with a bar for the support of every cause.
import { useState, type ReactNode } from "react";
import { useJob } from "../api/jobs";
import type { Case } from "../api/types";
import { capital, useWords } from "../i18n";
import { shown } from "../state/quantity";
import { SelectField } from "./fields";
import { JobLine } from "./job";
import { Panel, Table } from "./screen";
import { Message } from "./severity";

const STEPS = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4].map(String);

export interface Cause {
  cause: string;
  possible: boolean;
  support: number | null;
  alone: number | null;
  prior: { support: number | null };
}

export interface Told {
  name: string;
  verdict: string[];
  judged: string[];
  causes: string[];
  names: Record<string, string>;
  settling: string[];
  looks: [string, string, string][];
  next_session: string[];
}

interface Explained {
  joints: { causes: Cause[] }[];
  told: { joints: Told[]; about: string[]; notes: string[] };
  outside_model: string[];
}

/** The support as a bar; a line marks where it stood before the visits. */
function Bar({ now, before }: { now: number; before: number | null }): ReactNode {
  return (
    <svg className="chart" viewBox="0 0 100 12" width="100" height="12" aria-hidden="true">
      <rect x={0} y={1} width={100} height={10} fill="none" stroke="var(--median)" strokeWidth="0.5" />
      <rect x={0} y={1} width={100 * now} height={10} fill="var(--band-inner)" />
      {before !== null && <line x1={100 * before} x2={100 * before} y1={0} y2={12} stroke="var(--median)" strokeWidth="2" />}
    </svg>
  );
}

export function WhyJoint({ causes, told }: { causes: Cause[]; told: Told }): ReactNode {
  const { t, language } = useWords();
  const share = (number: number | null): string => (number === null ? "–" : `${shown(number * 100, 0, language)} %`);
  const held = causes.filter((one) => one.possible && one.support !== null);
  return (
    <>
      <h3>{capital(told.name)}</h3>
      {[...told.verdict, ...told.judged].map((one) => (
        <p key={one}>{one}</p>
      ))}
      {held.length > 0 && (
        <>
          <Table
            caption={`${t("explain.caption")}: ${told.name}`}
            heads={[t("explain.cause"), t("explain.bar"), t("explain.support"), t("followup.prior"), t("explain.alone")]}
            numbers={[2, 3, 4]}
            rows={held.map((one) => [
              told.names[one.cause],
              <Bar key={one.cause} now={one.support ?? 0} before={one.prior.support} />,
              share(one.support),
              share(one.prior.support),
              share(one.alone),
            ])}
          />
          <details>
            <summary>{t("explain.words")}</summary>
            <ul>
              {told.causes.map((one) => (
                <li key={one}>{one}</li>
              ))}
            </ul>
          </details>
          {told.settling.map((one) => (
            <p key={one}>{one}</p>
          ))}
          {told.looks.length > 0 && (
            <details>
              <summary>{t("explain.looks")}</summary>
              <Table
                caption={`${t("explain.looks")}: ${told.name}`}
                heads={[t("explain.look"), t("explain.day"), t("explain.removed")]}
                numbers={[1, 2]}
                rows={told.looks}
              />
            </details>
          )}
          {told.next_session.length > 0 && <h4>{t("explain.next_session")}</h4>}
          {told.next_session.map((one) => (
            <p key={one}>{one}</p>
          ))}
        </>
      )}
    </>
  );
}

export function WhyNot({ value, draws, seed }: { value: Case | null; draws: number; seed: number }): ReactNode {
  const { t, language } = useWords();
  const [hoped, setHoped] = useState("");
  const job = useJob<Explained>("explain", JSON.stringify([value, language, hoped]));
  const found = job.result;
  const tongue = language === "es" ? ("es" as const) : ("en" as const);
  return (
    <Panel title={t("explain.title")}>
      <p className="note">{t("explain.lead")}</p>
      <SelectField
        label={t("explain.hoped")}
        hint={t("explain.hoped_hint")}
        value={hoped}
        empty={t("explain.one_step")}
        options={STEPS}
        words={(one) => shown(Number(one), 1, language)}
        onChange={setHoped}
      />
      <div className="row">
        <button
          type="button"
          disabled={!value?.visits?.length}
          onClick={() => value && job.start({ kind: "explain", case: value, options: { draws, seed, language: tongue, hoped: Number(hoped) || null } })}
        >
          {t("explain.ask")}
        </button>
      </div>
      <JobLine job={job} />
      {found && found.outside_model.length > 0 && (
        <Message kind="warning">
          <p>{t("explain.outside")}</p>
        </Message>
      )}
      {found?.told.joints.map((told, at) => (
        <WhyJoint key={told.name} told={told} causes={found.joints[at]?.causes ?? []} />
      ))}
      {[...(found?.told.about ?? []), ...(found?.told.notes ?? [])].map((one) => (
        <p className="note" key={one}>
          {one}
        </p>
      ))}
    </Panel>
  );
}
