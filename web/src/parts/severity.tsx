// Severity and state: an icon, a word and a colour, never the colour alone.
import type { ReactNode } from "react";
import { useWords } from "../i18n";
import type { Fault, Issue, Severity, Source } from "../api/types";
import { heard } from "../state/faults";
import { shown } from "../state/quantity";
import { useMaybeStore } from "../state/store";
import { Jump, JumpOf } from "./faults";

export type Kind = Severity | "fine";

const SHAPES: Record<Kind, ReactNode> = {
  critical: <path d="M6 1h8l5 5v8l-5 5H6l-5-5V6zM10 5v6M10 13.6v1.6" />,
  warning: <path d="M10 2L19 18H1zM10 8v5M10 14.6v1.4" />,
  info: <path d="M10 1a9 9 0 1 0 .01 0M10 9v6M10 5v1.6" />,
  fine: <path d="M10 1a9 9 0 1 0 .01 0M5.5 10.5l3 3 6-7" />,
  none: <path d="M10 1a9 9 0 1 0 .01 0M6 10h8" />,
};

export function Icon({ kind }: { kind: Kind }): ReactNode {
  return (
    <svg
      viewBox="0 0 20 20"
      width="17"
      height="17"
      aria-hidden="true"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.9"
      strokeLinejoin="round"
      strokeLinecap="round"
    >
      {SHAPES[kind]}
    </svg>
  );
}

export function Badge({ kind, children }: { kind: Kind; children?: ReactNode }): ReactNode {
  const { t } = useWords();
  return (
    <span className={`badge ${kind}`}>
      <Icon kind={kind} />
      {children ?? t(`severity.${kind}`)}
    </span>
  );
}

export function Message({ kind, children }: { kind: Kind; children: ReactNode }): ReactNode {
  return <div className={`message ${kind}`}>{children}</div>;
}

/** A refusal of the server: what, where, what to do. */
export function FaultMessage({ fault: told }: { fault: Fault | null | undefined }): ReactNode {
  const { t } = useWords();
  if (!told) return null;
  const fault = heard(told, t);
  const place = [fault.field, fault.line !== null && t("fault.line", { line: fault.line })].filter(Boolean).join(", ");
  return (
    <div className="message critical" role="alert">
      <Badge kind="critical">{t("fault.title")}</Badge>
      <p>
        {fault.rule === "server" ? t("fault.server") : fault.message}
        {place && ` (${place})`}
      </p>
      {fault.remedy && <p>{fault.remedy}</p>}
      <JumpOf fault={fault} />
    </div>
  );
}

/** What the checks leave out because it cannot be read, each with a link to its field. */
export function LeftOut(): ReactNode {
  const { t } = useWords();
  const store = useMaybeStore();
  if (!store || store.left.length === 0 || store.check.error) return null;
  return (
    <div className="message critical" role="alert">
      <Badge kind="critical">{t("fault.left_out", { count: store.left.length })}</Badge>
      <ul>
        {store.left.map((one) => (
          <li key={one.path}>
            {heard(one.fault, t).message}. <Jump left={one} />
          </li>
        ))}
      </ul>
    </div>
  );
}

export function SourceLine({ source }: { source: Source | null | undefined }): ReactNode {
  const { t } = useWords();
  if (!source) return <span>{t("source.none")}</span>;
  return (
    <span className="wrap">
      {source.url ? (
        <a href={source.url} rel="noreferrer noopener" target="_blank">
          {source.citation}
          <span className="hidden"> {t("source.new_tab")}</span>
        </a>
      ) : (
        source.citation
      )}
    </span>
  );
}

/** One finding of the check: severity, sentence, number and limit, source, date. */
export function IssueItem({ issue }: { issue: Issue }): ReactNode {
  const { t, term, language } = useWords();
  const unit = issue.unit ? ` ${issue.unit}` : "";
  return (
    <li className={issue.severity}>
      <Badge kind={issue.severity} />
      <p className="said" lang={issue.lang}>
        {issue.message}
      </p>
      <p className="more">
        {issue.value !== null && (
          <span>
            {t("check.value")}:{" "}
            <strong>
              {shown(issue.value, 2, language)}
              {unit}
            </strong>
          </span>
        )}
        {issue.limit !== null && (
          <span>
            {t("check.limit")}:{" "}
            <strong>
              {shown(issue.limit, 2, language)}
              {unit}
            </strong>
          </span>
        )}
        <span>
          {t("check.source")}: <SourceLine source={issue.source} />
        </span>
        {issue.basis && (
          <span>
            {t("check.basis")}: {term(issue.basis)}
            {issue.verified === false && `, ${t("check.unverified")}`}
          </span>
        )}
        {issue.in_force_on && (
          <span>
            {t("check.date")}: {issue.in_force_on}
          </span>
        )}
      </p>
    </li>
  );
}

const ORDER: Severity[] = ["critical", "warning", "info", "none"];

export function byseverity(issues: Issue[]): Issue[] {
  return [...issues].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
}
