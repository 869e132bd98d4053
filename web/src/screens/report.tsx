import { useEffect, useMemo, useState, type ReactNode } from "react";
import { api, ApiError } from "../api/client";
import { useLive } from "../api/live";
import type { Fault } from "../api/types";
import { useWords } from "../i18n";
import { csv, download } from "../parts/download";
import { SelectField, Tick } from "../parts/fields";
import { Panel, ScreenFrame } from "../parts/screen";
import { FaultMessage, Message } from "../parts/severity";
import { planned } from "../state/draft";
import { REPORT, useKept, wantedOf, type ReportWanted } from "../state/kept";
import { useStore } from "../state/store";

const DRAWS = 1000;
const SEED = 1;

/** The address of a page held in memory, given back when it is no longer shown. */
function useBlob(html: string | null): string {
  const [address, setAddress] = useState("");
  useEffect(() => {
    if (!html) return undefined;
    const made = URL.createObjectURL(new Blob([html], { type: "text/html;charset=utf-8" }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [html]);
  return html ? address : "";
}

export default function ReportScreen(): ReactNode {
  const { t, language } = useWords();
  const { state, meta } = useStore();
  const [{ tongue, left }, setReport] = useKept<ReportWanted>(REPORT, { tongue: language, left: [] });
  const [fault, setFault] = useState<Fault | null>(null);
  const value = useMemo(() => planned(state.draft), [state.draft]);
  const asked = value && { case: value, draws: DRAWS, seed: SEED, ...wantedOf({ tongue, left }, meta) };
  const page = useLive(asked && JSON.stringify(asked), (signal) => api.report(asked!, signal));
  const address = useBlob(page.data);
  const code = state.draft.patient.code || "case";
  useEffect(() => setFault(null), [asked && JSON.stringify(asked)]);
  const told = (error: unknown): void => {
    if (error instanceof ApiError) setFault(error.fault);
  };
  const doses = (): string =>
    csv([
      ["muscle", "side", "dose", "sites", "at", "product"],
      ...(value?.plan?.injections ?? []).map((row) => [
        row.muscle,
        row.side,
        row.dose,
        row.sites ?? null,
        row.at ?? null,
        value?.plan?.product ?? null,
      ]),
    ]);
  return (
    <ScreenFrame title={t("step.report")} lead={meta.wording["report"]}>
      {!value && (
        <Message kind="info">
          <p>
            {t("simulate.nothing")} <a href="#/sites">{t("step.sites")}</a>
          </p>
        </Message>
      )}
      <FaultMessage fault={page.error?.fault ?? fault} />
      {value && (
        <div className="columns two">
          <div className="stack">
            {page.busy && <p role="status">{t("report.making")}</p>}
            {page.data && <iframe className="report" title={t("report.preview")} sandbox="allow-popups" srcDoc={page.data} />}
          </div>
          <div className="stack">
            <Panel title={t("report.language")}>
              <SelectField
                label={t("language")}
                value={tongue}
                options={meta.languages}
                words={(id) => ({ en: "English", es: "Español" })[id] ?? id}
                onChange={(next) => setReport({ tongue: next, left })}
              />
              {tongue !== "en" && <p className="note">{t("report.english")}</p>}
            </Panel>
            <Panel title={t("report.sections")}>
              <p className="note">{t("report.always")}</p>
              {meta.report_sections.map((row) => (
                <Tick
                  key={row.id}
                  label={row.title}
                  checked={!left.includes(row.id)}
                  onChange={(on) => setReport({ tongue, left: on ? left.filter((id) => id !== row.id) : [...left, row.id] })}
                />
              ))}
            </Panel>
            <Panel title={t("report.export")}>
              <div className="row">
                <a className="button main" href={address || undefined} aria-disabled={!address} download={`${code}-report.html`}>
                  HTML
                </a>
                {meta.extras["pdf"] && (
                  <button
                    type="button"
                    disabled={!page.data}
                    onClick={() => {
                      api.reportPdf(asked!).then((made) => download(`${code}-report.pdf`, made), told);
                    }}
                  >
                    PDF
                  </button>
                )}
                <button
                  type="button"
                  onClick={() => {
                    api.write(value).then(({ yaml }) => download(`${code}.yaml`, yaml, "application/yaml"), told);
                  }}
                >
                  {t("report.yaml")}
                </button>
                <button
                  type="button"
                  onClick={() => {
                    api.reportJson(asked!).then((made) => download(`${code}-result.json`, made, "application/json"), told);
                  }}
                >
                  {t("report.json")}
                </button>
                <button type="button" onClick={() => download(`${code}-doses.csv`, doses(), "text/csv")}>
                  {t("report.csv")}
                </button>
              </div>
              {!meta.extras["pdf"] && <p className="note">{t("report.pdf")}</p>}
              {address && (
                <a className="button" href={address} target="_blank" rel="noopener">
                  {t("report.open")}
                  <span className="hidden"> {t("source.new_tab")}</span>
                </a>
              )}
            </Panel>
            <Panel title={t("report.harm")}>
              <p>{meta.wording["after_harm"]}</p>
            </Panel>
          </div>
        </div>
      )}
    </ScreenFrame>
  );
}
