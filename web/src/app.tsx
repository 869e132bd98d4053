// The frame around the screens. Screens past the daily flow come in their own chunks.
import { Component, lazy, Suspense, useCallback, useEffect, useMemo, useState, type ComponentType, type ReactNode } from "react";
import { api, ApiError, LOCKED, SILENT } from "./api/client";
import { takeToken, token } from "./api/token";
import type { Fault, Meta } from "./api/types";
import { useWords } from "./i18n";
import { Head, PlanBar, StepBar } from "./parts/head";
import { FaultMessage } from "./parts/severity";
import { useScreen, type Screen } from "./router";
import { CheckScreen } from "./screens/check";
import { PatternScreen } from "./screens/pattern";
import { PersonScreen } from "./screens/person";
import { ProductScreen } from "./screens/product";
import { SimulateScreen } from "./screens/simulate";
import { SitesScreen } from "./screens/sites";
import { StartScreen } from "./screens/start";
import { Silent, TokenScreen } from "./screens/token";
import { planned } from "./state/draft";
import { StoreProvider, useStore } from "./state/store";

const AGAIN_MS = 5000; // until a server that does not answer is asked again

const SCREENS: Record<Screen, ComponentType> = {
  start: StartScreen,
  person: PersonScreen,
  pattern: PatternScreen,
  product: ProductScreen,
  sites: SitesScreen,
  check: CheckScreen,
  simulate: SimulateScreen,
  compare: lazy(() => import("./screens/compare")),
  report: lazy(() => import("./screens/report")),
  followup: lazy(() => import("./screens/followup")),
  next: lazy(() => import("./screens/next")),
  research: lazy(() => import("./screens/research")),
  labels: lazy(() => import("./screens/labels")),
  evidence: lazy(() => import("./screens/evidence")),
  studies: lazy(() => import("./screens/studies")),
  sensitivity: lazy(() => import("./screens/sensitivity")),
  develop: lazy(() => import("./screens/develop")),
  glossary: lazy(() => import("./screens/glossary")),
  trainer: lazy(() => import("./screens/trainer")),
};

/** Keeps the header, the plan and a way out when a screen fails. */
class Guard extends Component<{ words: string; children: ReactNode }, { failed: string | null }> {
  override state = { failed: null };
  static getDerivedStateFromError(error: unknown): { failed: string } {
    return { failed: String(error) };
  }
  override render(): ReactNode {
    if (this.state.failed === null) return this.props.children;
    return (
      <main>
        <h1>{this.props.words}</h1>
        <p className="mono" role="alert">
          {this.state.failed}
        </p>
      </main>
    );
  }
}

function Frame(): ReactNode {
  const { t } = useWords();
  const { meta, state, see } = useStore();
  const screen = useScreen();
  const plan = useMemo(() => planned(state.draft), [state.draft]);
  useEffect(() => {
    if (plan) see(screen, JSON.stringify(plan));
  }, [screen, plan, see]);
  const Shown = SCREENS[screen];
  return (
    <div className="page">
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.querySelector<HTMLElement>("h1")?.focus();
        }}
      >
        {t("skip")}
      </a>
      <Head screen={screen} />
      <StepBar screen={screen} />
      <Guard key={screen} words={t("failed")}>
        <Suspense
          fallback={
            <main>
              <h1>{t("loading")}</h1>
            </main>
          }
        >
          <Shown />
        </Suspense>
      </Guard>
      {screen !== "trainer" && <PlanBar />}
      <footer className="last">
        <p>
          {meta.wording["privacy"]} endplate {meta.version}, {t("model_version", { version: meta.model_version })}.{" "}
          <a href="#/glossary">{t("step.glossary")}</a>
        </p>
      </footer>
    </div>
  );
}

export function App(): ReactNode {
  const { t, language, learn } = useWords();
  const [meta, setMeta] = useState<Meta | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [locked, setLocked] = useState(false);
  const [silent, setSilent] = useState(false);
  const ask = useCallback(
    async (signal?: AbortSignal): Promise<boolean> => {
      try {
        const found = await api.meta(signal);
        learn(found.terms);
        setMeta(found);
        setFault(null);
        setLocked(false);
        setSilent(false);
        return true;
      } catch (error) {
        if (error instanceof ApiError) setFault(error.status === 401 ? null : error.fault);
        return false;
      }
    },
    [learn],
  );
  useEffect(() => {
    const refused = (): void => setLocked(true);
    const unheard = (): void => setSilent(true);
    // The new link opened in this tab changes only what stands after the hash.
    const moved = (): void => {
      if (takeToken()) void ask();
    };
    window.addEventListener(LOCKED, refused);
    window.addEventListener(SILENT, unheard);
    window.addEventListener("hashchange", moved);
    return () => {
      window.removeEventListener(LOCKED, refused);
      window.removeEventListener(SILENT, unheard);
      window.removeEventListener("hashchange", moved);
    };
  }, [ask]);
  useEffect(() => {
    const stop = new AbortController();
    void ask(stop.signal);
    return () => stop.abort();
  }, [ask, language]);
  useEffect(() => {
    if (!silent) return undefined;
    const timer = window.setInterval(() => void ask(), AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [silent, ask]);
  if (locked) return <TokenScreen stale={token() !== ""} onToken={ask} />;
  if (meta)
    return (
      <StoreProvider meta={meta}>
        {silent && <Silent onToken={ask} />}
        <Frame />
      </StoreProvider>
    );
  return (
    <main>
      <h1>endplate</h1>
      <p>{t("wording.banner")}</p>
      {silent ? <Silent onToken={ask} /> : fault ? <FaultMessage fault={fault} /> : <p role="status">{t("loading")}</p>}
    </main>
  );
}
