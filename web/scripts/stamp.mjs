// Writes pages/build.json: one sha256 over the sources of web/, so that a test can tell a stale build.
// The sum runs over every source file in sorted order of its path: path, a zero byte, its bytes, a zero byte.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const PARTS = ["index.html", "package-lock.json", "package.json", "public", "scripts", "src", "tsconfig.json", "vite.config.ts"];

function files(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

const named = PARTS.flatMap((part) => files(join(web, part)))
  .map((path) => [relative(web, path).split(sep).join("/"), path])
  .sort(([a], [b]) => (a < b ? -1 : 1));
const sum = createHash("sha256");
for (const [name, path] of named) sum.update(name).update("\0").update(readFileSync(path)).update("\0");
const stamp = { sources_sha256: sum.digest("hex"), files: named.length, parts: PARTS };
writeFileSync(join(web, "../src/endplate/app/server/pages/build.json"), JSON.stringify(stamp, null, 2) + "\n");
