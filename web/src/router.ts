// Screens by the address after the hash, so that Back works and no server route is needed.
import { useEffect, useState } from "react";

export const STEPS = [
  "start",
  "person",
  "pattern",
  "product",
  "sites",
  "check",
  "simulate",
  "compare",
  "report",
  "followup",
  "next",
] as const;
export const RESEARCH = ["research", "labels", "evidence", "studies", "sensitivity", "develop"] as const;
export type Screen = (typeof STEPS)[number] | (typeof RESEARCH)[number];

const ALL: readonly string[] = [...STEPS, ...RESEARCH];

function here(): Screen {
  const name = window.location.hash.replace(/^#\/?/, "").split("?")[0] ?? "";
  return ALL.includes(name) ? (name as Screen) : "start";
}

export function useScreen(): Screen {
  const [screen, setScreen] = useState<Screen>(here);
  useEffect(() => {
    const moved = (): void => setScreen(here());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return screen;
}

export function go(screen: Screen): void {
  window.location.hash = `#/${screen}`;
}
