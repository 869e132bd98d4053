// From a refusal to its field and back: links that focus the field, and what a field says of itself.
import type { ReactNode } from "react";
import { useWords } from "../i18n";
import { seek } from "../router";
import { heard, placed, type Left } from "../state/faults";
import { useMaybeStore } from "../state/store";
import type { Fault } from "../api/types";

/** What is refused at a field of the draft, by its path. */
export function useFault(path: string | undefined): Fault | undefined {
  const { t } = useWords();
  const fault = useMaybeStore()?.left.find((one) => path && one.path === path)?.fault;
  return fault && heard(fault, t);
}

/** What is asked about at a field, in words. */
export function useDoubt(path: string | undefined): string | undefined {
  const { t } = useWords();
  const doubt = useMaybeStore()?.doubts[path ?? ""];
  return doubt && `${t(doubt.key, doubt.values)} ${t("doubt.right")}`;
}

export function Jump({ left }: { left: Left }): ReactNode {
  const { t } = useWords();
  return (
    <a
      href={`#/${left.screen}`}
      onClick={(event) => {
        event.preventDefault();
        seek(left.screen, left.path);
      }}
    >
      {t("fault.go", { screen: t(`step.${left.screen}`) })}
    </a>
  );
}

/** The link to the field of any refusal that names one of the case. */
export function JumpOf({ fault }: { fault: Fault }): ReactNode {
  const store = useMaybeStore();
  const left = store && placed(fault, store.state.draft);
  return left ? <Jump left={left} /> : null;
}

/** Refusals of a row as a whole, or of a part of it that no field of the screen shows. */
export function RowFault({ path, shown }: { path: string; shown: readonly string[] }): ReactNode {
  const { t } = useWords();
  const own = useMaybeStore()?.left.filter((one) => one.path === path || one.path.startsWith(`${path}.`)) ?? [];
  const rest = own.filter((one) => !shown.some((name) => one.path === `${path}.${name}`));
  return rest.map((one) => {
    const fault = heard(one.fault, t);
    return (
      <p key={one.path} className="error-text" tabIndex={-1} data-path={one.path}>
        {fault.message}. {fault.remedy}
      </p>
    );
  });
}
