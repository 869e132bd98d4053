import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { api, ApiError } from "../src/api/client";
import type { Case } from "../src/api/types";
import { addMuscle, setInjection, setPatient, setPlan, setProduct, type Change } from "../src/state/changes";
import { emptyDraft, toCase, type Draft } from "../src/state/draft";
import { initial, keptAs, reduce, type Action, type State } from "../src/state/reducer";
import { datesOf, keepDates, saver, WAIT_MS, type Saving } from "../src/state/saving";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const refused = (status: number): ApiError => new ApiError(status, { file: null, line: null, field: null, rule: "x", message: "m", remedy: null });

/** A folder as the server keeps it, and what this tab knows of its files; `slow` holds every answer back. */
function folder() {
  const files = new Map<string, { version: string; case: Case }>();
  const seen = new Map<string, string>();
  let count = 0;
  let gate = Promise.resolve();
  const at = (name: string) => {
    const held = files.get(name);
    if (!held) throw refused(404);
    return held;
  };
  const write = (name: string, value: Case): string => {
    const version = `v${(count += 1)}`;
    files.set(name, { version, case: value });
    return version;
  };
  return {
    files,
    seen,
    /** Another tab writes or deletes. */
    elsewhere: (name: string, value: Case | null) => (value ? write(name, value) : files.delete(name)),
    slow: () => new Promise<() => void>((told) => (gate = new Promise((go) => told(go)))),
    api: {
      cases: async () => ({ folder_name: "f", cases: [...files.keys()].map((file) => ({ file, code: "", modified: "" })) }),
      known: (name: string) => seen.get(name) ?? "",
      look: async (name: string) => ({ ...at(name), yaml: "" }),
      keep: async (name: string, value: Case, of = seen.get(name) ?? "") => {
        await gate;
        if ((files.get(name)?.version ?? "") !== of) throw refused(409);
        const version = write(name, value);
        seen.set(name, version);
        return { file: name, version };
      },
      drop: async (name: string, of = "") => {
        if (of && at(name).version !== of) throw refused(409);
        at(name);
        files.delete(name);
      },
    },
  };
}

function app() {
  const held = folder();
  const told: Saving[] = [];
  let state: State = initial();
  const follow = saver(held.api, (saving) => told.push(saving), (action) => act(action));
  const act = (action: Action): void => {
    state = reduce(state, action);
    follow(state);
  };
  const type = (...changes: Change[]): void => changes.forEach((change) => act({ type: "change", change }));
  const wait = (): Promise<unknown> => vi.advanceTimersByTimeAsync(WAIT_MS + 1);
  return { ...held, act, type, wait, last: () => told.at(-1), now: () => state, names: () => [...held.files.keys()].sort() };
}

const open = (code: string): Action => ({ type: "open", draft: setPatient({ code })(emptyDraft()), file: null, touched: true });
const whole = [
  setPatient({ code: "arm", age: "50 y" }),
  setProduct("onabotulinumtoxinA"),
  setPlan({ jurisdiction: "US", dilution: "50 U/mL" }),
  addMuscle("soleus", "left"),
  setInjection(0, { dose: "75 U" }),
];
const dosed = (): Draft => whole.reduce((draft, change) => change(draft), emptyDraft());

test("a draft is saved under its code, and a new code renames its file", async () => {
  const tab = app();
  tab.type(...whole);
  await tab.wait();
  expect([tab.names(), tab.last()]).toEqual([["arm.yaml"], { state: "saved", message: "arm.yaml" }]);
  tab.type(setPatient({ code: "leg" }));
  await tab.wait();
  expect([tab.names(), tab.now().file, tab.last()?.state]).toEqual([["leg.yaml"], "leg.yaml", "saved"]);
});

test("a rename with a dose not typed takes the last whole plan along and does not say saved", async () => {
  const tab = app();
  tab.type(...whole);
  await tab.wait();
  tab.type(setInjection(0, { dose: "" }), setPatient({ code: "leg" }));
  await tab.wait();
  expect(tab.files.get("leg.yaml")?.case.plan?.injections[0]?.dose).toBe("75 U");
  expect([tab.names(), tab.last()?.state]).toEqual([["leg.yaml"], "here"]);
  tab.type(setInjection(0, { dose: "60 U" }));
  await tab.wait();
  expect([tab.files.get("leg.yaml")?.case.plan?.injections[0]?.dose, tab.last()?.state]).toEqual(["60 U", "saved"]);
});

test("a rename never takes over nor deletes what another tab wrote", async () => {
  for (const dose of ["", "60 U"]) {
    const tab = app();
    tab.type(...whole);
    await tab.wait();
    const theirs = toCase(setInjection(0, { dose: "999 U" })(dosed()));
    tab.elsewhere("arm.yaml", theirs);
    tab.type(setInjection(0, { dose }), setPatient({ code: "leg" }));
    await tab.wait();
    expect(tab.files.get("arm.yaml")?.case).toEqual(theirs);
    expect(JSON.stringify(tab.files.get("leg.yaml"))).not.toContain("999");
    expect(tab.last()).toEqual({ state: "stays", message: "arm.yaml" });
  }
});

test("a save over what another tab wrote is refused, and what is left of a file of the same name locks nobody out", async () => {
  const tab = app();
  tab.seen.set("arm.yaml", "stale");
  tab.type(...whole);
  await tab.wait();
  expect(tab.last()?.state).toBe("saved");
  tab.elsewhere("arm.yaml", toCase(dosed()));
  tab.type(setPatient({ age: "51 y" }));
  await tab.wait();
  expect([tab.last()?.state, tab.files.get("arm.yaml")?.case.patient.age]).toEqual(["elsewhere", "50 y"]);
});

test("a file that was deleted elsewhere is no hindrance to a rename", async () => {
  const tab = app();
  tab.type(...whole);
  await tab.wait();
  tab.elsewhere("arm.yaml", null);
  tab.type(setPatient({ code: "leg" }));
  await tab.wait();
  expect([tab.names(), tab.last()?.state]).toEqual([["leg.yaml"], "saved"]);
});

test("a save that waits while another case is opened goes into its own file", async () => {
  const tab = app();
  tab.type(...whole);
  const go = await tab.slow();
  await tab.wait();
  tab.type(setPatient({ age: "51 y" }));
  await tab.wait();
  tab.type(setPatient({ age: "52 y" })); // and this within the moment before the next save
  tab.act(open("leg"));
  go();
  await tab.wait();
  expect([tab.names(), tab.now().file]).toEqual([["arm.yaml", "leg.yaml"], "leg.yaml"]);
  expect(tab.files.get("arm.yaml")?.case.patient.age).toBe("52 y");
  expect(tab.last()).toEqual({ state: "saved", message: "leg.yaml" });
});

test("a save that waits while its file is deleted does not write it again", async () => {
  const tab = app();
  tab.type(...whole);
  await tab.wait();
  const go = await tab.slow();
  tab.type(setPatient({ age: "51 y" }));
  await tab.wait();
  tab.type(setPatient({ age: "52 y" }));
  await tab.wait();
  const written = tab.files.get("arm.yaml");
  tab.act({ type: "dropped", file: "arm.yaml" });
  go();
  await tab.wait();
  expect(tab.files.get("arm.yaml")?.case.patient.age).not.toBe("52 y");
  expect(written?.case.patient.age).toBe("50 y");
  expect([tab.now().file, tab.now().gone]).toEqual([null, true]);
});

test("an answer about a case that is no longer open changes nothing", () => {
  const kept = keptAs({ code: "arm", cycle: 1, version: 2 }, null);
  const other = reduce(reduce(initial(), open("arm")), open("leg"));
  const { plan } = dosed();
  expect(reduce(other, { type: "recorded", opened: 1, kept, plan })).toBe(other);
  expect(reduce(other, { type: "file", opened: 1, file: "arm.yaml", code: "arm" })).toBe(other);
  const mine = reduce(other, { type: "recorded", opened: 2, kept, plan });
  expect([mine.draft.plan, mine.kept, reduce(mine, { type: "undo" }).draft]).toEqual([plan, kept, other.draft]);
  expect(reduce({ ...other, gone: true }, { type: "file", opened: 2, file: "leg.yaml", code: "leg" }).gone).toBe(false);
});

test("dates stand beside their file and go with it", () => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept) });
  const dates = [{ kind: "surgery", date: "2026-12-01", until: "" }];
  keepDates("a.yaml", dates);
  expect([datesOf("a.yaml"), datesOf("b.yaml"), datesOf(null)]).toEqual([dates, [], []]);
  keepDates("a.yaml", []);
  expect(datesOf("a.yaml")).toEqual([]);
  vi.unstubAllGlobals();
});

test("what a browser knows of a file goes with it, whoever deleted it", async () => {
  const kept = new Map([["endplate.version.arm.yaml", "old"]]);
  vi.stubGlobal("localStorage", { getItem: (key: string) => kept.get(key) ?? null, setItem: kept.set.bind(kept), removeItem: kept.delete.bind(kept) });
  vi.stubGlobal("sessionStorage", { getItem: () => "token" });
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string, sent: RequestInit) => {
    asked.push(`${sent.method} ${path}`);
    return sent.method === "DELETE" ? new Response("", { status: 404 }) : Response.json({ case: {}, yaml: "", version: "new" });
  });
  expect((await api.look("arm.yaml")).version).toBe("new");
  expect(api.known("arm.yaml")).toBe("old");
  await expect(api.drop("arm.yaml", api.known("arm.yaml"))).rejects.toMatchObject({ status: 404 });
  expect([api.known("arm.yaml"), kept.size]).toEqual(["", 0]);
  expect(asked).toEqual(["GET ./api/cases/arm.yaml", "DELETE ./api/cases/arm.yaml?known=old"]);
  vi.unstubAllGlobals();
});
