import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "../src/i18n/en.json";
import es from "../src/i18n/es.json";

const slots = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? "").sort();

test("both languages hold the same keys with the same slots, none empty", () => {
  expect(Object.keys(es).sort()).toEqual(Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    const other = es[key as keyof typeof es];
    expect(slots(other), key).toEqual(slots(text));
    expect(other.trim(), key).not.toBe("");
  }
});

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

test("every sentence named in the sources exists", () => {
  const named = sources("src").flatMap((path) =>
    [...readFileSync(path, "utf8").matchAll(/\bt\("([^"]+)"/g)].map((found) => found[1] ?? ""),
  );
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((key) => !(key in en))).toEqual([]);
});
