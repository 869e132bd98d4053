import { useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import { useWords } from "../i18n";
import { TextField } from "../parts/fields";
import { Panel, ScreenFrame } from "../parts/screen";
import { FaultMessage } from "../parts/severity";

interface Term {
  id: string;
  term: string;
  meaning: string;
  records: string[];
}

/** Small letters without accents, so that a word is found however it is typed. */
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export default function GlossaryScreen(): ReactNode {
  const { t, language } = useWords();
  const [wanted, setWanted] = useState("");
  const found = useLive(language, (signal) => api.get<{ terms: Term[] }>("/glossary", signal));
  const shown = (found.data?.terms ?? []).filter(({ term, meaning }) => plain(`${term} ${meaning}`).includes(plain(wanted.trim())));
  return (
    <ScreenFrame title={t("step.glossary")} lead={t("glossary.lead")}>
      <Panel title={t("step.glossary")}>
        <TextField label={t("glossary.search")} value={wanted} onChange={setWanted} />
        <FaultMessage fault={found.error?.fault} />
        <p role="status">{found.data && (shown.length ? t("glossary.found", { count: shown.length }) : t("glossary.none"))}</p>
        <dl className="facts">
          {shown.map(({ id, term, meaning, records }) => (
            <div key={id} id={`term-${id}`}>
              <dt>{term}</dt>
              <dd>
                {meaning}{" "}
                {records.length > 0 && (
                  <a href={`#/evidence?ids=${records.join(",")}`}>
                    {t("glossary.records")}
                    <span className="hidden">: {term}</span>
                  </a>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </Panel>
    </ScreenFrame>
  );
}
