import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import { useWords } from "../i18n";
import { TextField } from "../parts/fields";
import { Facts, Panel, ScreenFrame } from "../parts/screen";
import { FaultMessage } from "../parts/severity";
import { shown } from "../state/quantity";

interface RecordRow {
  id: string;
  meaning: string;
  value: number | null;
  unit: string;
  basis: string;
  source: string;
  place: string;
}

interface Page {
  records: RecordRow[];
  total: number;
  page?: number;
  page_size?: number;
  bases: Record<string, number>;
}

const PAGE = 50;

/** Records named by the link that led here; none where it names none. */
function named(): string {
  return new URLSearchParams(window.location.hash.split("?")[1] ?? "").get("ids") ?? "";
}

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(", ");
  if (value && typeof value === "object") return Object.values(value).map(text).filter(Boolean).join(", ");
  return value === null || value === undefined ? "–" : String(value);
}

function Trace({ id }: { id: string }): ReactNode {
  const { t, term } = useWords();
  const found = useLive(id, (signal) => api.get<Record<string, unknown>>(`/evidence/${encodeURIComponent(id)}`, signal));
  return (
    <Panel title={t("evidence.trace")}>
      <p className="mono">{id}</p>
      <FaultMessage fault={found.error?.fault} />
      {found.data && (
        <Facts
          rows={Object.entries(found.data)
            .filter(([key]) => key !== "id")
            .map(([key, value]) => [
              term(key),
              <span key={key} lang="en">
                {text(value)}
              </span>,
            ])}
        />
      )}
    </Panel>
  );
}

export default function EvidenceScreen(): ReactNode {
  const { t, name, term, language } = useWords();
  const [basis, setBasis] = useState("");
  const [wanted, setWanted] = useState("");
  const [page, setPage] = useState(1);
  const [chosen, setChosen] = useState("");
  const [ids, setIds] = useState(named);
  const query = new URLSearchParams({
    page: String(page),
    ...(basis ? { basis } : {}),
    ...(wanted ? { text: wanted } : {}),
    ...(ids ? { ids } : {}),
  }).toString();
  const found = useLive(query, (signal) => api.get<Page>(`/evidence?${query}`, signal));
  const pages = Math.max(1, Math.ceil((found.data?.total ?? 0) / (found.data?.page_size ?? PAGE)));
  const filter = (next: string): void => {
    setBasis(next);
    setPage(1);
  };
  return (
    <ScreenFrame title={t("step.evidence")} lead={t("evidence.lead")}>
      <div className="columns two">
        <div className="stack">
          <Panel title={t("evidence.records")}>
            <TextField
              label={t("evidence.search")}
              value={wanted}
              onChange={(next) => {
                setWanted(next);
                setPage(1);
              }}
            />
            {ids && (
              <p>
                {t("evidence.named", { count: ids.split(",").length })}{" "}
                <button type="button" onClick={() => setIds("")}>
                  {t("evidence.show_all")}
                </button>
              </p>
            )}
            <ul className="chips" aria-label={t("check.basis")}>
              <li>
                <button type="button" aria-pressed={basis === ""} onClick={() => filter("")}>
                  {t("evidence.all")}
                </button>
              </li>
              {Object.entries(found.data?.bases ?? {}).map(([id, count]) => (
                <li key={id}>
                  <button type="button" aria-pressed={basis === id} onClick={() => filter(id)}>
                    {name(id)} ({count})
                  </button>
                </li>
              ))}
            </ul>
            <FaultMessage fault={found.error?.fault} />
            <p role="status" className="note">
              {found.data && t("evidence.found", { total: found.data.total, page, pages })}
            </p>
            <ul className="cards" style={{ gridTemplateColumns: "1fr", gap: 6 }} lang="en">
              {found.data?.records.map((row) => (
                <li className="card" key={row.id}>
                  <button
                    type="button"
                    className="quiet mono"
                    style={{ textAlign: "left", alignSelf: "start" }}
                    onClick={() => setChosen(row.id)}
                  >
                    {row.id}
                  </button>
                  <p>{row.meaning}</p>
                  <p>
                    <strong>
                      {shown(row.value, 6, language)} {row.unit === "1" ? "" : row.unit}
                    </strong>{" "}
                    · {term(row.basis)} · {row.source}, {row.place}
                  </p>
                </li>
              ))}
            </ul>
            <div className="row" style={{ marginTop: 10 }}>
              <button type="button" disabled={page <= 1} onClick={() => setPage(page - 1)}>
                {t("evidence.before")}
              </button>
              <button type="button" disabled={page >= pages} onClick={() => setPage(page + 1)}>
                {t("evidence.after")}
              </button>
            </div>
          </Panel>
        </div>
        <div className="stack" style={{ position: "sticky", top: 12 }}>
          {chosen ? (
            <Trace id={chosen} />
          ) : (
            <Panel title={t("evidence.trace")}>
              <p>{t("evidence.choose")}</p>
            </Panel>
          )}
        </div>
      </div>
    </ScreenFrame>
  );
}
