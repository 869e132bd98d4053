import type { ReactNode } from "react";
import type { Severity } from "../api/types";
import { useWords } from "../i18n";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { Badge, byseverity, FaultMessage, IssueItem, LeftOut } from "../parts/severity";
import { screenOf } from "../state/faults";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";

const COUNTED: Severity[] = ["critical", "warning", "info"];

export function CheckScreen(): ReactNode {
  const { t, term, language } = useWords();
  const { check, meta } = useStore();
  const data = check.data;
  const issues = byseverity(data?.issues ?? []);
  const links = new Map(issues.filter((row) => row.severity !== "info").map((row) => [row.where, row]));
  return (
    <ScreenFrame title={t("step.check")} lead={t("check.lead")}>
      <FaultMessage fault={check.error?.fault} />
      <LeftOut />
      {!data && !check.error && !check.busy && (
        <p>
          {t("check.nothing")} <a href="#/sites">{t("step.sites")}</a>
        </p>
      )}
      {data && (
        <div className="columns two">
          <div className="stack">
            <p role="status" className="row">
              {COUNTED.map((kind) => (
                <Badge key={kind} kind={kind}>
                  {t(`severity.count.${kind}`, { count: issues.filter((row) => row.severity === kind).length })}
                </Badge>
              ))}
            </p>
            <ul className="checks">
              {issues.map((issue, at) => (
                <IssueItem key={`${issue.rule}-${at}`} issue={issue} />
              ))}
            </ul>
          </div>
          <div className="stack">
            <Panel title={t("check.change")}>
              {links.size === 0 && <p>{t("check.change_none")}</p>}
              <ul>
                {[...links.values()].map((row) => (
                  <li key={row.where}>
                    <a href={`#/${screenOf(row.where)}`}>{t(`step.${screenOf(row.where)}`)}</a>: <span lang={row.lang}>{row.message}</span>
                  </li>
                ))}
              </ul>
            </Panel>
            <Panel title={t("check.label")}>
              <Facts
                rows={[
                  [t("check.status"), term(data.status)],
                  [t("bar.total"), data.totals ? `${shown(data.totals.dose_U, 1, language)} U` : "–"],
                  [t("check.distribution"), term(data.selection?.distribution)],
                  [t("check.not_asked"), data.selection?.not_asked.length ? data.selection.not_asked.map(term).join(", ") : t("none")],
                ]}
              />
              <p className="note">{meta.wording["ranges"]}</p>
            </Panel>
          </div>
        </div>
      )}
    </ScreenFrame>
  );
}
