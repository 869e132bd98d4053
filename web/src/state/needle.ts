// A needle in the plane of a section: from the screen to entry, depth and tilt, and back.
// Angles run from the front (0) to medial (90), in a left limb as in a right one; only the drawing is mirrored.

export interface Needle {
  /** Share of the segment's length, from proximal. */
  at: number;
  angle_deg: number;
  depth_mm: number;
  tilt_deg: number;
  /** "20 U"; "" until it is typed. */
  dose: string;
}

export interface Cut {
  centre_px: [number, number];
  px_per_mm: number;
  radius_mm: number;
  side: string;
}

export type Point = [number, number];

export const LIMITS = { at: [0, 1], angle_deg: [0, 359], depth_mm: [0, 200], tilt_deg: [-80, 80] } as const;
const HALF = 180;
const TURN = 360;
const FINE = 10;
const NEXT_MM = 0.5;

const rad = (deg: number): number => (deg * Math.PI) / HALF;
const deg = (angle: number): number => (angle * HALF) / Math.PI;
const around = (angle: number): number => ((Math.round(angle) % TURN) + TURN) % TURN;
const within = ([low, high]: readonly [number, number], value: number): number => Math.min(high, Math.max(low, value));
const round = (value: number): number => Math.round(value * FINE) / FINE;

/** 1 where medial lies to the right of the drawing, as in a right limb; -1 where to the left. */
export const turnOf = (cut: Pick<Cut, "side">): number => (cut.side === "left" ? -1 : 1);

/** From mm to the front and to medial of the axis to the drawing. */
function screen(cut: Cut, front: number, medial: number): Point {
  const [x, y] = cut.centre_px;
  return [x + turnOf(cut) * medial * cut.px_per_mm, y - front * cut.px_per_mm];
}

function body(cut: Cut, [x, y]: Point): Point {
  const [middleX, middleY] = cut.centre_px;
  return [(middleY - y) / cut.px_per_mm, (turnOf(cut) * (x - middleX)) / cut.px_per_mm];
}

export function entryOf(cut: Cut, { angle_deg }: Needle): Point {
  return screen(cut, cut.radius_mm * Math.cos(rad(angle_deg)), cut.radius_mm * Math.sin(rad(angle_deg)));
}

export function tipOf(cut: Cut, { angle_deg, tilt_deg, depth_mm }: Needle): Point {
  const [a, lean, r] = [rad(angle_deg), rad(angle_deg + tilt_deg), cut.radius_mm];
  return screen(cut, r * Math.cos(a) - depth_mm * Math.cos(lean), r * Math.sin(a) - depth_mm * Math.sin(lean));
}

/** A needle through the skin nearest to a point, straight towards the axis, its tip at the point or at the skin. */
export function through(cut: Cut, needle: Needle, point: Point): Needle {
  const [front, medial] = body(cut, point);
  const depth_mm = round(within(LIMITS.depth_mm, cut.radius_mm - Math.hypot(front, medial)));
  return { ...needle, angle_deg: around(deg(Math.atan2(medial, front))), depth_mm, tilt_deg: 0 };
}

/** The needle with its entry kept and its tip at a point; back at the skin where the point lies outside. */
export function tipTo(cut: Cut, needle: Needle, point: Point): Needle {
  const [front, medial] = body(cut, point);
  const a = rad(needle.angle_deg);
  const inward: Point = [cut.radius_mm * Math.cos(a) - front, cut.radius_mm * Math.sin(a) - medial];
  const depth_mm = round(within(LIMITS.depth_mm, Math.hypot(...inward)));
  const lean = deg(Math.atan2(inward[1], inward[0])) - needle.angle_deg;
  const tilt_deg = ((Math.round(lean) + HALF + TURN * 2) % TURN) - HALF;
  const inside = depth_mm >= NEXT_MM && Math.abs(tilt_deg) <= LIMITS.tilt_deg[1];
  return { ...needle, ...(inside ? { depth_mm, tilt_deg } : { depth_mm: 0, tilt_deg: 0 }) };
}

/** The needle with its entry moved along the skin; depth and tilt stay. */
export function entryTo(cut: Cut, needle: Needle, point: Point): Needle {
  return { ...needle, angle_deg: through(cut, needle, point).angle_deg };
}

const STEPS: Record<string, [Exclude<keyof Needle, "dose">, number]> = {
  ArrowRight: ["angle_deg", 2],
  ArrowLeft: ["angle_deg", -2],
  ArrowDown: ["depth_mm", 1],
  ArrowUp: ["depth_mm", -1],
  PageDown: ["at", 0.01],
  PageUp: ["at", -0.01],
  "+": ["tilt_deg", 2],
  "-": ["tilt_deg", -2],
};

/** The needle after a key; null for a key that says nothing. Right and left go around the drawing as it is seen. */
export function pressed(side: string, needle: Needle, key: string): Needle | null {
  const step = STEPS[key];
  if (!step) return null;
  const [name, by] = step;
  if (name === "angle_deg") return { ...needle, angle_deg: around(needle.angle_deg + by * turnOf({ side })) };
  return { ...needle, [name]: Number(within(LIMITS[name], needle[name] + by).toFixed(2)) };
}
