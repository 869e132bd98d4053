// Where the server does not know this tab, or none answers: what happened, and a field for the address it printed.
import { useState, type ReactNode } from "react";
import { pasted, setToken } from "../api/token";
import { useWords } from "../i18n";
import { Field } from "../parts/fields";
import { Message } from "../parts/severity";

type Asking = { onToken: () => Promise<boolean> };

function TokenForm({ onToken }: Asking): ReactNode {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState("");
  const { origin, port } = window.location;
  const open = async (): Promise<void> => {
    const found = pasted(typed, origin);
    if (found.kind === "none") setError(t("token.unreadable"));
    else if (found.kind === "elsewhere") setError(t("token.elsewhere"));
    else if (found.kind === "other") window.location.assign(found.address);
    else {
      setToken(found.token);
      if (!(await onToken())) setError(t("token.wrong"));
    }
  };
  return (
    <>
      <p>{t("token.kept", { here: origin, port })}</p>
      <p>{t("token.how")}</p>
      <p className="command">endplate answers on this computer only: http://127.0.0.1:…/#token=…</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setError("");
          void open();
        }}
      >
        <Field label={t("token.field")} hint={t("token.hint")} error={error || undefined}>
          {(tied) => (
            <input {...tied} type="text" autoComplete="off" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
          )}
        </Field>
        <button type="submit" className="main">
          {t("token.open")}
        </button>
      </form>
    </>
  );
}

/** Above the app while no server answers at this address. */
export function Silent({ onToken }: Asking): ReactNode {
  const { t } = useWords();
  return (
    <section aria-label={t("token.silent")}>
      <Message kind="warning">
        <p role="alert">
          <strong>{t("token.silent")}</strong>
        </p>
        <details>
          <summary>{t("token.field")}</summary>
          <TokenForm onToken={onToken} />
        </details>
      </Message>
    </section>
  );
}

/** Instead of the app where the server does not know this tab's token. */
export function TokenScreen({ stale, onToken }: Asking & { stale: boolean }): ReactNode {
  const { t } = useWords();
  return (
    <main className="alone">
      <h1>endplate</h1>
      <p>{t("wording.banner")}</p>
      <p role="alert">
        <strong>{t(stale ? "token.stale" : "token.missing")}</strong>
      </p>
      <p>{t("token.why")}</p>
      <TokenForm onToken={onToken} />
    </main>
  );
}
