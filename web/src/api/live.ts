// Answers that follow the case while it is typed: the newest request wins, the last answer stays until the next.
import { useEffect, useRef, useState } from "react";
import { useWords } from "../i18n";
import { ApiError } from "./client";

export interface Live<T> {
  data: T | null;
  error: ApiError | null;
  busy: boolean;
}

const WAIT_MS = 40;

/**
 * Asks anew whenever `key` or the language changes; a null key asks nothing and forgets the last answer.
 * The key is the request as text, so that equal requests are asked once.
 */
export function useLive<T>(key: string | null, ask: (signal: AbortSignal) => Promise<T>): Live<T> {
  const [state, setState] = useState<Live<T>>({ data: null, error: null, busy: false });
  const { language } = useWords();
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (key === null) {
      setState({ data: null, error: null, busy: false });
      return undefined;
    }
    const stop = new AbortController();
    setState((was) => ({ ...was, busy: true }));
    const timer = window.setTimeout(() => {
      latest.current(stop.signal).then(
        (data) => setState({ data, error: null, busy: false }),
        (error: unknown) => {
          if (stop.signal.aborted) return;
          if (error instanceof ApiError) setState((was) => ({ ...was, error, busy: false }));
          else throw error;
        },
      );
    }, WAIT_MS);
    return () => {
      stop.abort();
      window.clearTimeout(timer);
    };
  }, [key, language]);
  return state;
}
