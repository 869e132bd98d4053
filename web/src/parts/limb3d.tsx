// The segment in space, schematic: muscles as spindles, the endplate zone as a ring. The table and the drawings say the same.
import { useEffect, useRef, useState, type ReactNode } from "react";
import {
  AmbientLight,
  Color,
  DirectionalLight,
  Group,
  LatheGeometry,
  Mesh,
  MeshLambertMaterial,
  PerspectiveCamera,
  Scene,
  Vector2,
  Vector3,
  WebGLRenderer,
} from "three";
import { api } from "../api/client";
import { useLive } from "../api/live";
import type { Case } from "../api/types";
import { useWords } from "../i18n";
import { FaultMessage } from "./severity";

interface Spindle {
  muscle: string;
  injected: boolean;
  z_mm: number[];
  x_mm: number;
  y_mm: number;
  radii_mm: number[];
  zones: [number, number][];
}

interface Body {
  segments: { segment?: string; id?: string; side: string; length_mm: number; muscles: Spindle[] }[];
}

const TURN = 0.12;
const NEAR_FRONT = 1.2; // radians from the person's right; a little to the side of the front shows the depth
const AROUND = 28;
const ALONG = 24;
const THIN = 0.05;
const PLAIN = "#dcc5bb";
const INJECTED = "#b4574b";
const ZONE = "#d9a227";

/** A value between the samples of a belly, by its share from the upper end. */
function sampled(values: number[], share: number): number {
  const at = Math.min(1, Math.max(0, share)) * (values.length - 1);
  const low = values[Math.floor(at)] ?? 0;
  return low + ((values[Math.ceil(at)] ?? low) - low) * (at - Math.floor(at));
}

/** A spindle from `from` to `to` (shares of its length) around its own axis, standing along y. */
function lathe(row: Spindle, from: number, to: number, wider: number): LatheGeometry {
  const points = Array.from({ length: ALONG + 1 }, (_, at) => {
    const share = from + ((to - from) * at) / ALONG;
    return new Vector2(sampled(row.radii_mm, share) * wider + THIN, -sampled(row.z_mm, share));
  });
  return new LatheGeometry(points.reverse(), AROUND);
}

/** Where a belly stands: x to the front, y up, z to the person's right, so that medial lies as on that side. */
export function placed(row: Pick<Spindle, "x_mm" | "y_mm">, side: string, length_mm: number): [number, number, number] {
  return [row.x_mm, length_mm / 2, side === "left" ? row.y_mm : -row.y_mm];
}

function built(body: Body["segments"][number], tint: ((muscle: string) => string | undefined) | undefined): Group {
  const group = new Group();
  for (const row of body.muscles) {
    const colour = tint?.(row.muscle) ?? (row.injected ? INJECTED : PLAIN);
    const material = new MeshLambertMaterial({
      color: new Color(colour),
      transparent: !row.injected,
      opacity: row.injected ? 1 : 0.35,
      depthWrite: row.injected,
    });
    const parts = [new Mesh(lathe(row, 0, 1, 1), material)];
    if (row.injected)
      for (const [low, high] of row.zones)
        parts.push(new Mesh(lathe(row, low, high, 1.04), new MeshLambertMaterial({ color: new Color(ZONE) })));
    for (const part of parts) {
      part.position.set(...placed(row, body.side, body.length_mm));
      group.add(part);
    }
  }
  return group;
}

export default function Limb3d({
  value,
  segment,
  side,
  tint,
}: {
  value: Case;
  segment: string;
  side: string;
  tint?: ((muscle: string) => string | undefined) | undefined;
}): ReactNode {
  const { t, term } = useWords();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [turn, setTurn] = useState({ across: NEAR_FRONT, up: 0.1 });
  const [failed, setFailed] = useState(false);
  const drag = useRef<{ x: number; y: number } | null>(null);
  const body = useLive(JSON.stringify(value), (signal) => api.body3d(value, signal) as unknown as Promise<Body>);
  const here = body.data?.segments.filter((row) => (row.segment ?? row.id) === segment) ?? [];
  const shown = here.find((row) => row.side === side) ?? here[0] ?? body.data?.segments[0];
  const scene = useRef<{ renderer: WebGLRenderer; camera: PerspectiveCamera; scene: Scene } | null>(null);
  useEffect(() => {
    if (!canvas.current) return undefined;
    try {
      const renderer = new WebGLRenderer({ canvas: canvas.current, antialias: true, alpha: true });
      scene.current = { renderer, camera: new PerspectiveCamera(32, 1, 1, 5000), scene: new Scene() };
    } catch {
      setFailed(true);
    }
    return () => {
      scene.current?.renderer.dispose();
      scene.current = null;
    };
  }, []);
  useEffect(() => {
    const held = scene.current;
    const box = canvas.current;
    if (!held || !box || !shown) return;
    const group = built(shown, tint);
    held.scene.clear();
    const sun = new DirectionalLight("#ffffff", 2.2);
    const distance = shown.length_mm * 2.1;
    held.camera.position.set(
      distance * Math.sin(turn.across) * Math.cos(turn.up),
      distance * Math.sin(turn.up),
      distance * Math.cos(turn.across) * Math.cos(turn.up),
    );
    held.camera.aspect = box.clientWidth / box.clientHeight;
    held.camera.updateProjectionMatrix();
    held.camera.lookAt(new Vector3(0, 0, 0));
    sun.position.copy(held.camera.position);
    held.scene.add(group, sun, new AmbientLight("#ffffff", 1.1));
    held.renderer.setPixelRatio(Math.min(2, window.devicePixelRatio));
    held.renderer.setSize(box.clientWidth, box.clientHeight, false);
    held.renderer.render(held.scene, held.camera);
  }, [shown, turn, tint]);
  const by = (across: number, up: number): void =>
    setTurn((was) => ({ across: was.across + across, up: Math.max(-1.3, Math.min(1.3, was.up + up)) }));
  return (
    <div>
      <FaultMessage fault={body.error?.fault} />
      {failed && <p>{t("three.failed")}</p>}
      <canvas
        ref={canvas}
        className="three"
        role="img"
        tabIndex={0}
        aria-label={t("three.label", { segment: term(segment), side: term(side) })}
        onKeyDown={(event) => {
          const step: Record<string, [number, number]> = {
            ArrowLeft: [-TURN, 0],
            ArrowRight: [TURN, 0],
            ArrowUp: [0, TURN],
            ArrowDown: [0, -TURN],
          };
          const found = step[event.key];
          if (found) {
            event.preventDefault();
            by(...found);
          }
        }}
        onPointerDown={(event) => {
          drag.current = { x: event.clientX, y: event.clientY };
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          if (!drag.current) return;
          by((drag.current.x - event.clientX) / 120, (event.clientY - drag.current.y) / 120);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerUp={() => {
          drag.current = null;
        }}
      />
      <div className="row">
        <button type="button" onClick={() => by(-TURN * 3, 0)}>
          {t("three.left")}
        </button>
        <button type="button" onClick={() => by(TURN * 3, 0)}>
          {t("three.right")}
        </button>
        <span className="note">{t("three.how")}</span>
      </div>
    </div>
  );
}
