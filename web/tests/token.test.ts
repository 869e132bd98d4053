import { expect, test } from "vitest";
import { pasted } from "../src/api/token";

const HERE = "http://127.0.0.1:8123";
const TOKEN = "AbC-123_defghijk";

test("a pasted address, its line or the token alone opens the app", () => {
  const own = { kind: "token", token: TOKEN };
  for (const text of [TOKEN, ` ${TOKEN} `, `#token=${TOKEN}`, `${HERE}/#token=${TOKEN}`, `endplate answers here: ${HERE}/#token=${TOKEN}\n`])
    expect(pasted(text, HERE), text).toEqual(own);
});

test("the address of another server on this computer is opened itself", () => {
  const address = `http://127.0.0.1:9000/#token=${TOKEN}`;
  expect(pasted(address, HERE)).toEqual({ kind: "other", address });
  expect(pasted(`http://127.0.0.1:9000/other?x=1#/a&token=${TOKEN}`, HERE)).toEqual({ kind: "other", address });
});

test("an address elsewhere is never opened, and what holds no token is told", () => {
  expect(pasted(`https://example.org/#token=${TOKEN}`, HERE)).toEqual({ kind: "elsewhere" });
  expect(pasted(`http://127.0.0.1.example.org/#token=${TOKEN}`, HERE)).toEqual({ kind: "elsewhere" });
  for (const text of [`${HERE}/#token=%zz`, "http://127.0.0.1:9000/#token=%zz", "#token=%zz", "", "endplate serve", `${HERE}/`, "javascript:alert(1)"]) expect(pasted(text, HERE), text).toEqual({ kind: "none" });
});
