// The persons of the store: a page of them, opened at their last or an earlier cycle.
import { useState, type ReactNode } from "react";
import { persons } from "../api/persons";
import { useLive } from "../api/live";
import { useWords } from "../i18n";
import { useStore } from "../state/store";
import { SelectField, TextField } from "./fields";
import { Panel } from "./screen";
import { FaultMessage } from "./severity";

const CODE = /^[A-Za-z0-9._-]{0,40}$/;

export function Persons({ onOpen }: { onOpen: (code: string, cycle?: number) => void }): ReactNode {
  const { t, term } = useWords();
  const { meta } = useStore();
  const [code, setCode] = useState("");
  const [condition, setCondition] = useState("");
  const [page, setPage] = useState(1);
  const wanted = { code, condition, page };
  const found = useLive(CODE.test(code) ? JSON.stringify(wanted) : null, (signal) => persons.list(wanted, signal));
  const list = found.data;
  return (
    <Panel title={t("store.persons")}>
      <p className="note">{t("store.where", { store: meta.store ?? "" })}</p>
      <div className="fields">
        <TextField
          label={t("store.code_begins")}
          value={code}
          error={CODE.test(code) ? undefined : t("store.code_rule")}
          onChange={(next) => {
            setCode(next);
            setPage(1);
          }}
        />
        <SelectField
          label={t("store.condition")}
          value={condition}
          empty={t("store.any")}
          options={meta.vocabulary.conditions}
          onChange={(next) => {
            setCondition(next);
            setPage(1);
          }}
        />
      </div>
      <FaultMessage fault={found.error?.fault} />
      {list && <p role="status">{t("store.count", { total: list.total })}</p>}
      <ul className="plain">
        {list?.persons.map((row) => (
          <li key={row.code}>
            <button type="button" className="quiet" onClick={() => onOpen(row.code)}>
              {row.code}
              <span className="hidden"> {t("store.from")}</span>
            </button>
            <span className="note">
              {[row.condition && term(row.condition), row.last_date, row.product && term(row.product)].filter(Boolean).join(", ")}
            </span>
            {row.cycles > 1 && (
              <span className="row">
                {Array.from({ length: row.cycles }, (_, at) => at + 1).map((number) => (
                  <button type="button" className="quiet" key={number} onClick={() => onOpen(row.code, number)}>
                    {t("store.cycle", { number })}
                    <span className="hidden"> {row.code}</span>
                  </button>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
      {list && list.pages > 1 && (
        <div className="row">
          <button type="button" disabled={page <= 1} onClick={() => setPage(page - 1)}>
            {t("store.before")}
          </button>
          <span>{t("store.page", { page, pages: list.pages })}</span>
          <button type="button" disabled={page >= list.pages} onClick={() => setPage(page + 1)}>
            {t("store.after")}
          </button>
        </div>
      )}
    </Panel>
  );
}
