// The token of a run: taken from the address or from what is pasted, kept for this tab only.
const KEY = "endplate.token";
const IN_HASH = /[#&]token=([^&\s]+)/;
const ALONE = /^[A-Za-z0-9_-]{8,200}$/;
const HERE_ONLY = ["127.0.0.1", "localhost", "[::1]"];

export function token(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function setToken(next: string): void {
  sessionStorage.setItem(KEY, next);
}

/** What stands after "token=" in an address; "" where nothing readable does. */
function tokenIn(hash: string): string {
  try {
    return decodeURIComponent(IN_HASH.exec(hash)?.[1] ?? "");
  } catch {
    return "";
  }
}

/** Takes the token out of the address, so that it is neither shown nor bookmarked; whether there was one. */
export function takeToken(): boolean {
  const found = tokenIn(window.location.hash);
  if (!found) return false;
  setToken(found);
  window.history.replaceState(null, "", `${window.location.pathname}${window.location.search}#/start`);
  return true;
}

type Pasted = { kind: "token"; token: string } | { kind: "other"; address: string } | { kind: "elsewhere" } | { kind: "none" };

/** What was pasted: a token for this address, the address of another server on this computer, or neither. */
export function pasted(text: string, here: string): Pasted {
  const line = text.trim();
  const written = /https?:\/\/\S+/.exec(line)?.[0];
  if (!written) {
    const bare = IN_HASH.exec(line)?.[1] ?? line;
    return ALONE.test(bare) ? { kind: "token", token: bare } : { kind: "none" };
  }
  const address = URL.canParse(written) ? new URL(written) : null;
  const found = address && tokenIn(address.hash);
  if (!address || !found) return { kind: "none" };
  if (!HERE_ONLY.includes(address.hostname)) return { kind: "elsewhere" };
  return address.origin === here ? { kind: "token", token: found } : { kind: "other", address: `${address.origin}/#token=${encodeURIComponent(found)}` };
}
