// The section with needles in it: by mouse a click and a drag, by keyboard every needle is a slider of its own.
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import type { SectionDrawing, ViewDrawing } from "../api/training";
import { useWords } from "../i18n";
import { entryOf, entryTo, LIMITS, pressed, through, tipOf, tipTo, type Cut, type Needle, type Point } from "../state/needle";
import { clean, crop } from "./drawing";

const GRASP_PX = 22;
const TIP_PX = 6;
export const NARROW = "(max-width: 560px)";
/** Room around the limb where it is shown without the names beside it. */
const AROUND = 1.25;
const SAME_LEVEL = 0.005;

/** The shapes to light: those of the muscles named, or the one with the question mark. */
function light(root: SVGSVGElement, lit: readonly string[]): void {
  const asked = [...root.querySelectorAll("text")].find((node) => node.textContent === "?")?.getBBox();
  const point = asked && new DOMPoint(asked.x + asked.width / 2, asked.y + asked.height / 2);
  for (const shape of root.querySelectorAll<SVGPathElement>("path[data-muscle]")) {
    const muscle = shape.dataset["muscle"]?.split(" (")[0] ?? "";
    shape.classList.toggle("lit", lit.includes(muscle) || (!!point && shape.isPointInFill(point)));
  }
}

const NONE: readonly string[] = [];

interface Drawn {
  svg: string;
  lit?: readonly string[] | undefined;
  near?: boolean;
  onBox?: (box: string, host: HTMLDivElement) => void;
}

/** A drawing of the server, cut to what it shows. */
export function Picture({ svg, lit = NONE, near = false, onBox }: Drawn): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const told = useRef(onBox);
  told.current = onBox;
  useLayoutEffect(() => {
    const root = clean(svg);
    const drawn = root && document.importNode(root, true);
    host.current?.replaceChildren(...(drawn ? [drawn] : []));
    if (!drawn || !host.current) return;
    crop(drawn, near);
    light(drawn, lit);
    told.current?.(drawn.getAttribute("viewBox") ?? "", host.current);
  }, [svg, lit, near]);
  return <div ref={host} />;
}

/** Pixels of the drawing in one of the screen, so that what is grasped keeps its size. */
function usePixel(box: string): [(node: SVGSVGElement | null) => void, number] {
  const [node, setNode] = useState<SVGSVGElement | null>(null);
  const [pixel, setPixel] = useState(1);
  useEffect(() => {
    if (!node) return undefined;
    const measure = (): void => setPixel(1 / (node.getScreenCTM()?.a || 1));
    const seen = new ResizeObserver(measure);
    seen.observe(node);
    measure();
    return () => seen.disconnect();
  }, [node, box]);
  return [setNode, pixel];
}

interface Props {
  drawing: SectionDrawing;
  side: string;
  at: number;
  needles: Needle[];
  chosen: number;
  most: number;
  onChange: (needles: Needle[], chosen: number) => void;
  onChoose: (chosen: number) => void;
  /** The muscle that the drawing names at the tip of the needle chosen; null where there is none. */
  onTip: (muscle: string | null) => void;
}

export function Placing({ drawing, side, at, needles, chosen, most, onChange, onChoose, onTip }: Props): ReactNode {
  const { t } = useWords();
  const [whole, setBox] = useState("0 0 860 560");
  const [near, setNear] = useState(() => window.matchMedia(NARROW).matches);
  const host = useRef<HTMLDivElement | null>(null);
  const drag = useRef<{ at: number; part: "entry" | "tip" } | null>(null);
  const cut: Cut = { ...drawing, side };
  const reach = cut.radius_mm * cut.px_per_mm * AROUND;
  const box = near ? `${cut.centre_px[0] - reach} ${cut.centre_px[1] - reach} ${2 * reach} ${2 * reach}` : whole;
  const [plane, pixel] = usePixel(box);
  useEffect(() => host.current?.querySelector("svg")?.setAttribute("viewBox", box), [box, drawing]);
  const here = (needle: Needle): boolean => Math.abs(needle.at - at) < SAME_LEVEL;
  const own = needles[chosen];
  useEffect(() => {
    if (!own || !here(own) || !drawing.labels) return onTip(null);
    const tip = new DOMPoint(...tipOf(cut, own));
    const shapes = [...(host.current?.querySelectorAll<SVGPathElement>("path[data-muscle]") ?? [])];
    onTip(shapes.find((shape) => shape.isPointInFill(tip))?.dataset["muscle"] ?? null);
  }, [own, drawing, at, box]);
  const change = (index: number, needle: Needle): void => onChange(needles.toSpliced(index, 1, needle), index);
  const pointOf = (event: PointerEvent<SVGSVGElement>): Point => {
    const found = new DOMPoint(event.clientX, event.clientY).matrixTransform(event.currentTarget.getScreenCTM()?.inverse());
    return [found.x, found.y];
  };
  const grasped = ([x, y]: Point): typeof drag.current => {
    const ends = needles.flatMap((needle, index) =>
      here(needle) ? (["tip", "entry"] as const).map((part) => ({ at: index, part, place: part === "tip" ? tipOf(cut, needle) : entryOf(cut, needle) })) : [],
    );
    const away = ends.map((end) => ({ ...end, far: Math.hypot(end.place[0] - x, end.place[1] - y) }));
    const nearest = away.sort((a, b) => a.far - b.far)[0];
    return nearest && nearest.far <= GRASP_PX * pixel ? nearest : null;
  };
  const down = (event: PointerEvent<SVGSVGElement>): void => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    drag.current = grasped(point);
    if (drag.current) return onChoose(drag.current.at);
    const index = needles.length < most ? needles.length : Math.max(0, Math.min(chosen, needles.length - 1));
    const blank: Needle = { at, angle_deg: 0, depth_mm: 0, tilt_deg: 0, dose: needles[index]?.dose ?? "" };
    drag.current = { at: index, part: "tip" };
    change(index, through(cut, blank, point));
  };
  const move = (event: PointerEvent<SVGSVGElement>): void => {
    const moved = drag.current && needles[drag.current.at];
    if (!drag.current || !moved) return;
    change(drag.current.at, (drag.current.part === "tip" ? tipTo : entryTo)(cut, moved, pointOf(event)));
  };
  const up = (event: PointerEvent<SVGSVGElement>): void => {
    if (drag.current) event.currentTarget.querySelector<SVGGElement>(`[data-needle="${drag.current.at}"]`)?.focus();
    drag.current = null;
  };
  const key = (event: KeyboardEvent, index: number): void => {
    const needle = needles[index];
    const next = needle && pressed(side, needle, event.key);
    if (!next) return;
    event.preventDefault();
    change(index, next);
  };
  return (
    <>
    <div className="drawing cut">
      <Picture
        svg={drawing.svg}
        onBox={(found, node) => {
          host.current = node;
          setBox(found);
        }}
      />
      <svg
        ref={plane}
        viewBox={box}
        role="group"
        aria-label={t("trainer.plane")}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
      >
        <circle className="skin" cx={cut.centre_px[0]} cy={cut.centre_px[1]} r={cut.radius_mm * cut.px_per_mm} />
        {needles.map((needle, index) => {
          const [[x0, y0], [x1, y1]] = [entryOf(cut, needle), tipOf(cut, needle)];
          return (
            <g
              key={index}
              data-needle={index}
              className={`needle${here(needle) ? "" : " away"}${index === chosen ? " chosen" : ""}`}
              tabIndex={0}
              role="slider"
              aria-label={t("trainer.needle", { number: index + 1 })}
              aria-orientation="vertical"
              aria-valuemin={LIMITS.depth_mm[0]}
              aria-valuemax={LIMITS.depth_mm[1]}
              aria-valuenow={needle.depth_mm}
              aria-valuetext={t("trainer.deep", { depth: needle.depth_mm })}
              onFocus={() => onChoose(index)}
              onKeyDown={(event) => key(event, index)}
            >
              <circle cx={x1} cy={y1} r={GRASP_PX * pixel} fill="transparent" />
              <line className="under" x1={x0} y1={y0} x2={x1} y2={y1} strokeWidth={6 * pixel} />
              <line x1={x0} y1={y0} x2={x1} y2={y1} strokeWidth={2.5 * pixel} />
              <rect x={x0 - TIP_PX * pixel} y={y0 - TIP_PX * pixel} width={2 * TIP_PX * pixel} height={2 * TIP_PX * pixel} strokeWidth={2 * pixel} />
              <circle className="tip" cx={x1} cy={y1} r={TIP_PX * pixel} strokeWidth={2 * pixel} />
              <text x={x1 + 10 * pixel} y={y1 - 8 * pixel} fontSize={15 * pixel} strokeWidth={4 * pixel}>
                {index + 1}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
    <button type="button" className="quiet" aria-pressed={near} onClick={() => setNear(!near)}>
      {t("trainer.near")}
    </button>
    </>
  );
}

interface LevelProps {
  drawing: ViewDrawing;
  at: number;
  needles: Needle[];
  onAt: (at: number) => void;
}

/** The limb from the front or the back: a click chooses where the section lies. The slider above it does the same by keys. */
export function LevelView({ drawing, at, needles, onAt }: LevelProps): ReactNode {
  const [box, setBox] = useState("0 0 860 700");
  const [plane, pixel] = usePixel(box);
  const place = (share: number): number => drawing.top_px + share * drawing.length_px;
  const [x = 0, , wide = 0] = box.split(" ").map(Number);
  const aim = (event: PointerEvent<SVGSVGElement>): void => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const y = new DOMPoint(event.clientX, event.clientY).matrixTransform(event.currentTarget.getScreenCTM()?.inverse()).y;
    onAt(Math.min(0.99, Math.max(0.01, Math.round(((y - drawing.top_px) / drawing.length_px) * 100) / 100)));
  };
  return (
    <div className="drawing cut">
      <Picture svg={drawing.svg} onBox={setBox} />
      <svg ref={plane} viewBox={box} aria-hidden="true" className="level" onPointerDown={aim} onPointerMove={aim}>
        {needles.map((needle, index) => (
          <line key={index} className="there" x1={x} x2={x + wide} y1={place(needle.at)} y2={place(needle.at)} strokeWidth={pixel} />
        ))}
        <line className="here" x1={x} x2={x + wide} y1={place(at)} y2={place(at)} strokeWidth={2 * pixel} />
      </svg>
    </div>
  );
}
