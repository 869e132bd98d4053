// Keeping the open case in the store: as somebody new, as the next cycle, or in place of the plan held.
import { useEffect, useState, type ReactNode } from "react";
import { ApiError } from "../api/client";
import { persons, setWho, who, type Done, type PersonRow } from "../api/persons";
import type { Fault } from "../api/types";
import { useWords } from "../i18n";
import { toCase, type Draft } from "../state/draft";
import { keptAs } from "../state/reducer";
import { needed } from "../state/steps";
import { useStore, useStored } from "../state/store";
import { closeAround, Dialog } from "./dialog";
import { TextField } from "./fields";
import { FaultMessage, Message } from "./severity";

type Way = "new" | "next" | "plan";

/** What keeps the case from being whole: the person, and a plan only if one was begun. */
function lacking(draft: Draft): string[] {
  const found = needed(draft);
  return draft.plan.injections.length ? Object.values(found) : [found.person].filter((why) => why !== undefined);
}

function Result({ done, way }: { done: Done; way: Way }): ReactNode {
  const { t } = useWords();
  return (
    <>
      <Message kind="fine">
        <p role="status">{t("store.done", { code: done.code, cycle: done.cycle })}</p>
      </Message>
      {done.warnings.map((text) => (
        <Message kind="warning" key={text}>
          <p lang="en">{text}</p>
        </Message>
      ))}
      {(done.differs?.length ?? 0) > 0 && (
        <Message kind="warning">
          <p>
            {t(way === "plan" ? "store.differs_plan" : "store.differs")} <span lang="en">{done.differs?.join(", ")}</span>.
          </p>
        </Message>
      )}
    </>
  );
}

function KeepDialog({ onClose }: { onClose: () => void }): ReactNode {
  const { t } = useWords();
  const { state, dispatch, meta } = useStore();
  const kept = useStored();
  const { draft } = state;
  const { code } = draft.patient;
  const [held, setHeld] = useState<PersonRow | null | undefined>(undefined);
  const [way, setWay] = useState<Way | "">("");
  const [word, setWord] = useState(who());
  const [fault, setFault] = useState<Fault | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const [sent, setSent] = useState<"no" | "sending" | "refused">("no");
  useEffect(() => {
    if (sent === "sending") return;
    persons.find(code).then(
      (row) => {
        setHeld(row);
        setWay((was) => (row ? (was === "new" ? "" : was) : "new"));
      },
      (error: unknown) => {
        if (error instanceof ApiError) setFault(error.fault);
      },
    );
  }, [code, sent]);
  const missing = lacking(draft);
  const elsewhere = Boolean(kept && held && held.version !== kept.version && !done);
  const cycle = kept?.cycle ?? held?.cycles ?? 1;
  const keep = (): void => {
    const value = toCase(draft);
    setWho(word);
    const version = kept?.version ?? held?.version ?? 1;
    setSent("sending");
    (way === "plan" ? persons.plan(value, { version, cycle }) : persons.keep(value, way === "next" ? version : null)).then(
      (found) => {
        setDone(found);
        setFault(null);
        dispatch({ type: "recorded", opened: state.opened, kept: keptAs(found, found.differs?.length ? null : draft) });
      },
      (error: unknown) => {
        if (error instanceof ApiError) setFault(error.fault);
        setSent("refused"); // and looked up again: somebody else may have changed it
      },
    );
  };
  const choice = (id: Way, label: string, hint: string): ReactNode => (
    <label className="tick">
      <input type="radio" name="way" checked={way === id} onChange={() => setWay(id)} />
      <span>
        {label}
        <br />
        <span className="note">{hint}</span>
      </span>
    </label>
  );
  return (
    <Dialog title={t("store.keep_title", { store: meta.store ?? "" })} onClose={onClose}>
      {done && way ? (
        <Result done={done} way={way} />
      ) : (
        <>
          {missing.map((why) => (
            <Message kind="warning" key={why}>
              <p>{t(why)}</p>
            </Message>
          ))}
          {elsewhere && (
            <Message kind="warning">
              <p>{t("store.elsewhere", { code, who: held?.changed_by ?? "", when: held?.changed_at.slice(0, 16).replace("T", " ") ?? "" })}</p>
            </Message>
          )}
          {held === null && <p>{t("store.as_new", { code })}</p>}
          {held && (
            <fieldset>
              <legend>{t("store.held", { code, cycles: held.cycles, date: held.last_date ?? "–" })}</legend>
              {draft.plan.injections.length > 0 && choice("plan", t("store.as_plan", { cycle }), t("store.as_plan_hint"))}
              {choice("next", t("store.as_next", { cycle: held.cycles + 1 }), t("store.as_next_hint"))}
            </fieldset>
          )}
          <TextField label={t("store.who")} hint={t("store.who_hint")} value={word} onChange={setWord} />
          <FaultMessage fault={fault} />
          <p className="note">{meta.wording["privacy"]}</p>
        </>
      )}
      <div className="row">
        {!done && (
          <button type="button" className="main" disabled={sent === "sending" || !way || held === undefined || missing.length > 0 || elsewhere} onClick={keep}>
            {t("store.keep")}
          </button>
        )}
        <button type="button" onClick={(event) => closeAround(event.currentTarget)}>
          {t("close")}
        </button>
      </div>
    </Dialog>
  );
}

/** Where the open case is kept, and the way to keep it; nothing without a store. */
export function KeptLine(): ReactNode {
  const { t } = useWords();
  const { meta } = useStore();
  const kept = useStored();
  const [asked, setAsked] = useState(false);
  if (!meta.store) return null;
  const where = kept ? { code: kept.code, cycle: kept.cycle } : undefined;
  return (
    <div className="item">
      <span className="what" role="status">
        {t(!kept ? "store.not" : kept.same ? "store.kept" : "store.changed", where)}
      </span>
      <button type="button" onClick={() => setAsked(true)}>
        {t("store.keep")}
        <span className="hidden"> {t("store.in")}</span>
      </button>
      {asked && <KeepDialog onClose={() => setAsked(false)} />}
    </div>
  );
}
