// Scales and ticks of the charts.

export type Scale = (value: number) => number;

export function linear(from: [number, number], to: [number, number]): Scale {
  const span = from[1] - from[0] || 1;
  return (value) => to[0] + ((to[1] - to[0]) * (value - from[0])) / span;
}

const NICE = [1, 2, 2.5, 5, 10];

/** Round values across a range, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / Math.max(1, count);
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = (NICE.find((nice) => nice * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

type Values = readonly (number | null)[];

/** The path of a line; it breaks where a value is missing. */
export function line(xs: readonly number[], ys: Values, x: Scale, y: Scale): string {
  let pen = "M";
  let path = "";
  xs.forEach((at, index) => {
    const value = ys[index];
    if (value === null || value === undefined) {
      pen = "M";
      return;
    }
    path += `${pen}${x(at).toFixed(1)},${y(value).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

/** The closed path between two curves, over the values that both have. */
export function between(xs: readonly number[], low: Values, high: Values, x: Scale, y: Scale): string {
  const held = xs.map((_, index) => index).filter((index) => low[index] != null && high[index] != null);
  if (held.length === 0) return "";
  const point = (index: number, ys: Values): string => `${x(xs[index] as number).toFixed(1)},${y(ys[index] as number).toFixed(1)}`;
  const there = held.map((index) => point(index, high));
  const back = [...held].reverse().map((index) => point(index, low));
  return `M${[...there, ...back].join("L")}Z`;
}

/** The least and most of curves, with zero among them where asked. */
export function extent(curves: Values[], zero: boolean): [number, number] {
  const values = curves.flat().filter((value): value is number => value !== null && value !== undefined);
  if (zero) values.push(0);
  if (values.length === 0) return [0, 1];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/** Places of labels, as near to those wanted as can be with a gap between any two, inside bounds that hold them all. */
export function apart(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] as number) - (wanted[b] as number));
  const places = [...wanted];
  let least = low;
  for (const index of order) {
    places[index] = Math.max(wanted[index] as number, least);
    least = (places[index] as number) + gap;
  }
  let most = high;
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index] as number, most);
    most = (places[index] as number) - gap;
  }
  return places;
}
