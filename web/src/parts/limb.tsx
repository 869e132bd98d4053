// The limb as the server draws it: front, back or section, with muscles that can be chosen, tinted and dragged along.
import { lazy, Suspense, useEffect, useMemo, useRef, useState, type ReactNode } from "react";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { LimbDrawing } from "../api/types";
import { useWords } from "../i18n";
import { drawable, sketched } from "../state/draft";
import { shown } from "../state/quantity";
import { useStore } from "../state/store";
import { clean, crop } from "./drawing";
import { SelectField } from "./fields";
import { FaultMessage } from "./severity";
import { Table } from "./screen";

const Limb3d = lazy(() => import("./limb3d"));

type View = "front" | "back" | "section" | "3d";
const MIDDLE = 0.5;
const SIDES = ["left", "right"] as const;

interface Props {
  /** Only front and back, without section, 3-D or tables. */
  compact?: boolean;
  chosen?: string | undefined;
  /** The side to show first; the plan's first without it. */
  side?: string | undefined;
  onChoose?: ((muscle: string, side: string) => void) | undefined;
  /** Called while a site is dragged, with the share of the belly from its upper end. */
  onDrag?: ((muscle: string, side: string, percent: number) => void) | undefined;
  /** Colour of a muscle by its id; the drawing's own where undefined. */
  tint?: ((muscle: string) => string | undefined) | undefined;
}

function titleOf(svg: string): string {
  return /<title>([^<]*)<\/title>/.exec(svg)?.[1] ?? "";
}

const SVG = "http://www.w3.org/2000/svg";
const GRASP = 16;

/** Names the needle marks by their site, with something wide enough to be grasped around each. */
function mark(root: SVGSVGElement, sites: LimbDrawing["sites"]): void {
  const marks = [...root.querySelectorAll<SVGPathElement>('path.s:not([d^="M24,"])')];
  if (marks.length !== sites.length) return;
  marks.forEach((node, at) => {
    const box = node.getBBox();
    const grasp = document.createElementNS(SVG, "circle");
    const around = { cx: box.x + box.width / 2, cy: box.y + box.height / 2, r: GRASP, fill: "transparent" };
    for (const [key, value] of Object.entries(around)) grasp.setAttribute(key, String(value));
    for (const part of [node, grasp]) {
      part.dataset["site"] = sites[at]?.name ?? "";
      part.dataset["muscle"] = sites[at]?.muscle ?? "";
    }
    node.after(grasp);
  });
}

/** How far down the drawn belly of a muscle a pointer stands, in percent; null where the belly is not drawn. */
function along(host: HTMLElement, muscle: string, clientY: number): number | null {
  const belly = host.querySelector(`path[data-muscle="${CSS.escape(muscle)}"]:not([data-site])`);
  if (!belly) return null;
  const box = belly.getBoundingClientRect();
  if (box.height <= 0) return null;
  return Math.round(Math.min(100, Math.max(0, (100 * (clientY - box.top)) / box.height)));
}

function Drawing({ limb, chosen, onChoose, onDrag, tint }: { limb: LimbDrawing } & Omit<Props, "compact">): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const dragged = useRef<string | null>(null);
  useEffect(() => {
    const root = clean(limb.svg);
    const drawn = root && document.importNode(root, true);
    host.current?.replaceChildren(...(drawn ? [drawn] : []));
    if (!drawn) return;
    mark(drawn, limb.sites);
    crop(drawn);
  }, [limb]);
  useEffect(() => {
    for (const node of host.current?.querySelectorAll<SVGElement>("path[data-muscle]:not([data-site])") ?? []) {
      const muscle = node.dataset["muscle"] ?? "";
      node.style.fill = tint?.(muscle) ?? "";
      node.classList.toggle("chosen", muscle === chosen);
    }
  }, [limb, tint, chosen]);
  const muscleOf = (target: EventTarget): string | null =>
    (target as Element).closest<SVGElement>("[data-muscle]")?.dataset["muscle"] ?? null;
  return (
    <div
      ref={host}
      className="drawing"
      onClick={(event) => {
        const muscle = muscleOf(event.target);
        if (muscle) onChoose?.(muscle, limb.side);
      }}
      onPointerDown={(event) => {
        if (!onDrag || !(event.target as Element).closest("[data-site]")) return;
        dragged.current = muscleOf(event.target);
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (!dragged.current || !host.current) return;
        const percent = along(host.current, dragged.current, event.clientY);
        if (percent !== null) onDrag?.(dragged.current, limb.side, percent);
      }}
      onPointerUp={() => {
        dragged.current = null;
      }}
      onPointerCancel={() => {
        dragged.current = null;
      }}
    />
  );
}

export function LimbView({ compact = false, side = "", ...drawn }: Props): ReactNode {
  const { t, term, language } = useWords();
  const { readable } = useStore();
  const [view, setView] = useState<View>("front");
  const [segment, setSegment] = useState("");
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(MIDDLE);
  const value = useMemo(() => sketched(readable), [readable]);
  const ready = value !== null && drawable(readable.plan);
  const shownView = view === "3d" ? "front" : view;
  const on = SIDES.find((one) => one === wanted);
  const asked = ready ? { case: value, view: shownView, at, ...(segment ? { segment } : {}), ...(on ? { side: on } : {}) } : null;
  const limb = useLive(asked && JSON.stringify(asked), (signal) => api.limb(asked!, signal));
  const views: View[] = compact ? ["front", "back"] : ["front", "back", "section", "3d"];
  const segments = limb.data?.segments ?? [];
  // The row that is chosen brings its side; a row of both sides keeps the one shown.
  useEffect(() => {
    if (side === "left" || side === "right") setWanted(side);
  }, [side]);
  const sides = limb.data?.sides ?? [];
  useEffect(() => {
    if (wanted && sides.length > 0 && !sides.includes(wanted)) setWanted("");
  }, [wanted, sides]);
  useEffect(() => {
    if (segment && limb.data && !limb.data.segments.includes(segment)) setSegment("");
  }, [segment, limb.data]);
  if (!ready) return <p className="note">{value === null ? t("limb.no_muscle") : t("limb.no_product")}</p>;
  return (
    <div>
      <div className="row">
        <div className="tabs" role="group" aria-label={t("limb.view")}>
          {views.map((one) => (
            <button key={one} type="button" aria-pressed={view === one} onClick={() => setView(one)}>
              {t(`view.${one}`)}
            </button>
          ))}
        </div>
        {segments.length > 1 && (
          <SelectField label={t("limb.segment")} value={segment || (limb.data?.segment ?? "")} options={segments} onChange={setSegment} />
        )}
        {sides.length > 1 && <SelectField label={t("side")} value={limb.data?.side ?? ""} options={sides} onChange={setWanted} />}
      </div>
      {view === "section" && (
        <label className="field">
          <span className="label">{t("limb.cut", { percent: Math.round(at * 100) })}</span>
          <input
            type="range"
            min={5}
            max={95}
            step={5}
            value={Math.round(at * 100)}
            onChange={(event) => setAt(Number(event.target.value) / 100)}
          />
        </label>
      )}
      <FaultMessage fault={limb.error?.fault} />
      {limb.data &&
        (view === "3d" ? (
          <Suspense fallback={<p role="status">{t("loading")}</p>}>
            <Limb3d value={value} segment={limb.data.segment} side={limb.data.side} tint={drawn.tint} />
          </Suspense>
        ) : (
          <Drawing limb={limb.data} {...drawn} />
        ))}
      <p className="note">
        {limb.data && view !== "3d" && <span lang="en">{titleOf(limb.data.svg)}. </span>}
        {t("limb.schematic")}
      </p>
      {!compact && limb.data && limb.data.sites.length > 0 && (
        <details>
          <summary>{t("limb.table")}</summary>
          <Table
            caption={t("limb.table_caption", { segment: term(limb.data.segment) })}
            numbers={[3, 4, 5]}
            heads={[t("limb.site"), t("muscle"), t("side"), t("limb.along"), t("limb.depth"), t("limb.across")]}
            rows={limb.data.sites.map((row) => [
              row.name,
              term(row.muscle),
              term(row.side),
              ...[row.z_mm, row.x_mm, row.y_mm].map((one) => `${shown(one, 1, language)} mm`),
            ])}
          />
        </details>
      )}
    </div>
  );
}
