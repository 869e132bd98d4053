// Drawings of the server on their way into a page.
/** The server's drawing without anything that could run. */
export function clean(svg: string): SVGSVGElement | null {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  if (root.nodeName !== "svg") return null;
  for (const node of root.querySelectorAll("script, foreignObject, a, use, image")) node.remove();
  for (const node of [root, ...root.querySelectorAll("*")]) {
    for (const name of node.getAttributeNames()) if (name.startsWith("on")) node.removeAttribute(name);
  }
  return root as unknown as SVGSVGElement;
}

const EDGE = 14;

/** Cuts the empty margins off and leaves the title to the figure, so that names can be read in a narrow column; near, to the limb alone. */
export function crop(root: SVGSVGElement, near = false): void {
  const group = root.querySelector<SVGGElement>("g.limb");
  if (!group) return;
  for (const title of group.querySelectorAll("text.h")) title.remove();
  const ruler = group.querySelector<SVGGraphicsElement>('path.s[d^="M24,"]');
  const rule = ruler?.nextElementSibling as SVGGraphicsElement | null;
  const parts = [...group.children].filter(
    (node): node is SVGGraphicsElement =>
      node instanceof SVGGraphicsElement && node !== ruler && node !== rule && (!near || node.matches(".m, .b, .needle")),
  );
  const boxes = parts.map((node) => node.getBBox()).filter((box) => box.width > 0 || box.height > 0);
  if (boxes.length === 0) return;
  const left = Math.min(...boxes.map((box) => box.x)) - EDGE;
  const top = Math.min(...boxes.map((box) => box.y)) - EDGE;
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + EDGE;
  const foot = Math.max(...boxes.map((box) => box.y + box.height), near ? 0 : (ruler?.getBBox().y ?? 0)) + EDGE;
  const shift = ruler ? `translate(${left + EDGE - ruler.getBBox().x} 0)` : "";
  for (const node of [ruler, rule]) node?.setAttribute("transform", shift);
  root.setAttribute("viewBox", `${left} ${top} ${right - left} ${foot - top}`);
}
