// Long questions. A job belongs to the server: a page loaded again finds it by the id kept in this tab.
import { useCallback, useEffect, useRef, useState } from "react";
import { api, ApiError, type Asked } from "./client";
import type { Fault, Job } from "./types";

export interface Running<T> {
  state: Job["state"] | "idle";
  progress: number;
  result: T | null;
  fault: Fault | null;
  /** The answer is of another state of the case: it is not given, and the question must be asked again. */
  stale: boolean;
  start: (asked: Asked) => void;
  cancel: () => void;
}

const ENDED = ["done", "failed", "cancelled"];

function faultOf(error: Job["error"]): Fault | null {
  if (!error) return null;
  return "error" in error ? error.error : error;
}

/** Reads the event stream of a job, calling back at every event, until it ends. */
async function follow(id: string, signal: AbortSignal, told: (job: Partial<Job>) => void): Promise<void> {
  const response = await api.events(id, signal);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const part = await reader?.read();
    if (!part || part.done) return;
    const lines = (rest + part.value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.startsWith("data:")) told(JSON.parse(line.slice(5)) as Partial<Job>);
  }
}

type Held<T> = Omit<Running<T>, "start" | "cancel" | "stale">;

interface Kept {
  id: string;
  of: string | null;
}

function kept(place: string): Kept | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}

/**
 * One long question of a screen, by a name under which this tab remembers it.
 * `of` is what is asked about, as text: an answer about something else is not shown.
 */
export function useJob<T>(name: string, of: string | null): Running<T> {
  const place = `endplate.job.${name}`;
  const [job, setJob] = useState<Held<T>>({ state: "idle", progress: 0, result: null, fault: null });
  const [about, setAbout] = useState(() => kept(place)?.of ?? null);
  const newest = useRef(of);
  newest.current = of;
  const stop = useRef<AbortController | null>(null);
  const current = useRef<string | null>(null);

  const fail = useCallback((error: unknown) => {
    if (!(error instanceof ApiError)) return;
    setJob({ state: "failed", progress: 0, result: null, fault: error.fault });
  }, []);

  const watch = useCallback(async (id: string) => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    current.current = id;
    await follow(id, mine.signal, (now) =>
      setJob((was) => ({
        ...was,
        state: now.state === "done" ? "running" : (now.state ?? was.state),
        progress: now.progress ?? was.progress,
      })),
    );
    const ended = await api.job(id);
    if (!ENDED.includes(ended.state) || mine.signal.aborted) return;
    const result = ended.state === "done" ? await api.result<T>(id) : null;
    setJob({ state: ended.state, progress: ended.progress, result, fault: faultOf(ended.error) });
  }, []);

  useEffect(() => {
    const held = kept(place);
    if (held) watch(held.id).catch(() => sessionStorage.removeItem(place));
    return () => stop.current?.abort();
  }, [place, watch]);

  const start = useCallback(
    (asked: Asked) => {
      setJob({ state: "waiting", progress: 0, result: null, fault: null });
      const now = newest.current;
      setAbout(now);
      api
        .ask(asked)
        .then(({ id }) => {
          sessionStorage.setItem(place, JSON.stringify({ id, of: now } satisfies Kept));
          return watch(id);
        })
        .catch(fail);
    },
    [place, watch, fail],
  );
  const cancel = useCallback(() => {
    if (current.current) api.cancel(current.current).catch(fail);
    stop.current?.abort();
    sessionStorage.removeItem(place);
    setJob({ state: "cancelled", progress: 0, result: null, fault: null });
  }, [place, fail]);
  const stale = job.state === "done" && about !== of;
  return { ...job, result: stale ? null : job.result, stale, start, cancel };
}
