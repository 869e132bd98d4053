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
export const RESEARCH = ["research", "labels", "evidence", "studies", "sensitivity", "develop", "glossary"] as const;
export type Screen = (typeof STEPS)[number] | (typeof RESEARCH)[number] | "trainer";

const ALL: readonly string[] = [...STEPS, ...RESEARCH, "trainer"];

function here(): Screen {
  const name = window.location.hash.replace(/^#\/?/, "").split(/[/?]/)[0] ?? "";
  return ALL.includes(name) ? (name as Screen) : "start";
}

function useAddress<T>(read: () => T): T {
  const [found, setFound] = useState<T>(read);
  useEffect(() => {
    const moved = (): void => setFound(read);
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, [read]);
  return found;
}

export const useScreen = (): Screen => useAddress(here);

const partHere = (): string => window.location.hash.replace(/^#\/?/, "").split(/[/?]/)[1] ?? "";

/** What follows the name of the screen in the address: "fcr" of #/trainer/fcr. */
export const usePart = (): string => useAddress(partHere);

const TRIES = 40;
const TRY_MS = 50;

/** Goes to a screen and puts the focus into the field of a path, once both are there; without the field, to the screen alone. */
export function seek(screen: Screen, path: string): void {
  go(screen);
  let tries = 0;
  const timer = window.setInterval(() => {
    const field = here() === screen && document.querySelector<HTMLElement>(`[data-path="${CSS.escape(path)}"]`);
    tries += 1;
    if (field || tries >= TRIES) window.clearInterval(timer);
    // A moment later, for a screen that has just opened first puts the focus on its heading.
    if (field)
      window.setTimeout(() => {
        field.closest("details")?.setAttribute("open", "");
        field.focus();
        field.scrollIntoView({ block: "center" });
      }, TRY_MS);
  }, TRY_MS);
}

export function go(screen: Screen): void {
  window.location.hash = `#/${screen}`;
}
