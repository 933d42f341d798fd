// Signing in and out, by the demo's own provider.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { violations } from "./axe.js";
import { DESKTOP, openPage, PHONE, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { column, until, untilAt } from "./shop.js";

const PROVIDER = fileURLToPath(new URL("../../infra/login/provider.mjs", import.meta.url));
const SESSION = "__Host-iris-session";
const isInstalled = existsSync(new URL("../../infra/login/node_modules", import.meta.url));
if (!isInstalled) console.error("SKIPPED: sign-in, because infra/login has no node_modules (npm ci).");

let server;
let browser;
before(async () => {
  if (!isInstalled) return;
  const settings = { MAX_PAGE_SIZE: "100", PAGE_SIZE: "20", LOG_LEVEL: "trace" };
  server = await startServer({ LOGIN: "demo", LOGIN_PROVIDER: PROVIDER, PATH: process.env.PATH, ...settings });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const check = (name, act) => test(name, { skip: !isInstalled }, act);
// What must be in no log: addresses with codes and states, cookies, tokens.
const secrets = new Set();

async function open(options) {
  const page = await openPage(browser, { base: server.base, ...options });
  page.on("request", (request) => {
    for (const [name, value] of new URL(request.url()).searchParams)
      if (["code", "state", "nonce", "code_challenge"].includes(name) && value.length > 9) secrets.add(value);
  });
  return page;
}

async function sessionOf(page, { base } = server) {
  const session = (await page.context().cookies(base)).find(({ name }) => name === SESSION);
  if (session) secrets.add(session.value);
  return session;
}

/** Goes to an address, and signs in there as somebody. */
async function signIn(page, address, person = "ada") {
  await page.goto(address);
  await page.getByRole("button", { name: person }).click();
  await page.waitForURL(`${server.base}${address}`);
  assert.ok(await sessionOf(page));
}

/** The demo's provider. */
async function issuer() {
  const begun = await fetch(`${server.base}/login`, { redirect: "manual" });
  return new URL(begun.headers.get("location")).origin;
}

/** The session ends, as it does after its time. */
const end = (page) => page.context().clearCookies({ name: SESSION });

check("whoever opens a page signs in and comes back to it, and the page says who that is", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Account?_size=5");
  assert.equal(await page.locator(".signed-in a").first().innerText(), "Ada Lovelace");
  await page.waitForSelector("#rows.dataTable");
  const cookies = await page.context().cookies(server.base);
  const session = cookies.find(({ name }) => name === SESSION);
  assert.deepEqual([session.secure, session.httpOnly, session.sameSite, session.path], [true, true, "Lax", "/"]);
  assert.ok(session.value.length < 1_500, `${session.value.length}`);
  const response = await page.goto("/me");
  assert.equal(response.headers()["cache-control"], "no-store");
  assert.match(await page.locator("main").innerText(), /ada[\s\S]*W1/);
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

check("a name is shown as it is and has no effect", async () => {
  const page = await open();
  await signIn(page, "/", "eve");
  assert.equal(await page.locator(".signed-in a").first().innerText(), "Eve <script>alert(1)</script>");
  await page.context().close();
});

check("programs are told to sign in, and a page's files come to everybody", async () => {
  const asked = (path, headers) => fetch(server.base + path, { headers, redirect: "manual" });
  const program = await asked("/table/Bank.Account", { accept: "application/json" });
  assert.equal(program.status, 401);
  assert.match((await program.json()).type, /sign-in-needed$/);
  assert.equal(program.headers.get("www-authenticate"), "Bearer");
  const page = await open();
  const headers = { accept: "text/html" };
  const navigation = await page.request.get("/table/Bank.Account?_size=5", { headers, maxRedirects: 0 });
  assert.equal(navigation.status(), 303);
  assert.equal(navigation.headers().location, "/login?to=%2Ftable%2FBank.Account%3F_size%3D5");
  await page.context().close();
  // Node's own requests are a script's: sec-fetch-mode is cors.
  const script = await asked("/table/Bank.Account", headers);
  assert.equal(script.status, 401, "a script could not follow");
  assert.equal((await asked("/favicon.ico")).status, 200);
  assert.equal((await asked("/health")).status, 200);
  assert.equal((await asked("/health?deep=1")).status, 401);
});

check("whoever signs out is asked again who it is, and Back shows nothing", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Account?_size=5");
  await page.waitForSelector("#rows.dataTable");
  await page.getByRole("link", { name: "Sign out" }).click();
  await page.waitForURL(/localhost/);
  await page.getByRole("button", { name: /yes/i }).click();
  await page.waitForURL(/\/interaction\//);
  assert.equal(await sessionOf(page), undefined);
  await page.goto("/table/Bank.Account?_size=5");
  assert.match(page.url(), /\/interaction\//);
  await page.context().close();
});

check("Back to a page of somebody who has signed out meanwhile loads it again", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Account?_size=5");
  await page.waitForSelector("#rows.dataTable");
  const [first] = await column(page, 0);
  await page.goto("/health");
  await page.context().clearCookies();
  await page.goBack();
  await page.waitForURL(/\/interaction\//);
  assert.doesNotMatch(await page.locator("body").innerText(), new RegExp(`\\b${first}\\b`));
  await page.context().close();
});

check("another site can lead to the sign-out, but sign nobody out", async () => {
  const page = await open();
  await signIn(page, "/");
  await page.goto(`${await issuer()}/nothing`);
  await page.evaluate((address) => {
    location.href = address;
  }, `${server.base}/logout`);
  await page.waitForURL(`${server.base}/logout`);
  assert.match(await page.locator("main").innerText(), /Sign out\?/);
  assert.ok(await sessionOf(page), "still signed in");
  // An element of another site, and a form.
  await page.goto(`${await issuer()}/nothing`);
  await page.evaluate(async (address) => {
    const image = new Image();
    image.src = address;
    await image.decode().catch(() => {});
  }, `${server.base}/logout`);
  assert.ok(await sessionOf(page), "still signed in");
  await page.goto("/logout");
  await page.waitForURL(/localhost/);
  assert.equal(await sessionOf(page), undefined);
  await page.context().close();
});

check("a search after the session has ended signs in again and comes to the rows", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Account");
  await page.waitForSelector("#rows.dataTable");
  await page.context().clearCookies({ name: SESSION });
  await page.locator("#q").fill("CHF");
  await untilAt(page, "_q=CHF");
  assert.equal(await page.locator(".signed-in a").first().innerText(), "Ada Lovelace");
  await page.context().close();
});

check("the next page after the session has ended signs in again and comes to the same rows", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Account?_sort=-ID&_size=10");
  await page.waitForSelector("#rows.dataTable");
  await page.locator("[rel=next]").first().click();
  await until(page, () => location.search.includes("_next="));
  await until(page, () => !document.querySelector("#rows[aria-busy]"));
  const second = await column(page, 0);
  await page.goBack();
  await until(page, () => !location.search.includes("_next=") && !document.querySelector("#rows[aria-busy]"));
  await end(page);
  const loads = [];
  page.on("framenavigated", (frame) => loads.push(frame.url()));
  await page.locator("[rel=next]").first().click();
  await page.waitForURL(/_next=/);
  await page.waitForSelector("#rows.dataTable");
  assert.deepEqual(await column(page, 0), second);
  assert.ok(loads.length <= 3, loads.join());
  await page.context().close();
});

check("a download goes on after its session has ended, when somebody has signed in again", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Movement?_col=ID");
  await page.waitForSelector("#rows.dataTable");
  let pages = 0;
  await page.route(/_format=csv/, async (route) => {
    pages += 1;
    if (pages === 3) await end(page);
    await route.continue({ headers: { ...(await route.request().allHeaders()), ...(pages === 3 && { cookie: "" }) } });
  });
  await page.getByRole("button", { name: "Download all rows" }).click();
  await until(page, () => document.querySelector("#download-progress").innerText.includes("Your session has ended"));
  assert.match(await page.locator("#download-progress").innerText(), /200 rows so far/);
  const [tab] = await Promise.all([
    page.waitForEvent("popup"),
    page.locator("#download-progress").getByRole("link", { name: "Sign in" }).click(),
  ]);
  await tab.waitForURL(`${server.base}/me`);
  assert.match(await tab.locator("main").innerText(), /Ada Lovelace/);
  await tab.close();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Continue" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "Bank.Movement.csv");
  const lines = (await readFile(await download.path(), "utf8")).split("\r\n").slice(1, -1);
  assert.equal(new Set(lines).size, lines.length, "no row twice");
  assert.match(
    await page.locator("#download-progress").innerText(),
    new RegExp(`^${lines.length.toLocaleString("en")} rows, complete`),
  );
  await page.context().close();
});

check("a session that cannot be opened any more is as none, and there is no loop", async () => {
  const page = await open();
  await signIn(page, "/");
  const session = await sessionOf(page);
  for (const value of ["1.xxxxxxxx.yyyy", session.value.slice(0, -8), ""]) {
    await page.context().addCookies([{ ...session, value }]);
    await page.goto("/table/Bank.Account?_size=5");
    assert.equal(page.url(), `${server.base}/table/Bank.Account?_size=5`, "the provider still knows who it is");
    assert.equal(await page.locator(".signed-in a").first().innerText(), "Ada Lovelace");
  }
  await page.context().close();
});

check("a browser that keeps no cookies is told so, and there is no loop", async () => {
  const page = await open();
  let asked = 0;
  page.on("request", () => (asked += 1));
  await page.goto("/table/Bank.Account");
  await page.context().clearCookies({ name: "__Host-iris-browser" });
  await page.getByRole("button", { name: "ada" }).click();
  await page.waitForURL(/\/login\/callback/);
  assert.match(await page.locator("main").innerText(), /allow cookies/);
  assert.ok(await page.getByRole("link", { name: "Sign in again" }).isVisible());
  assert.ok(asked < 15, `${asked} requests`);
  await page.context().close();
});

check("an address may be as long as the gateway takes beside a session's cookie", async () => {
  const page = await open();
  await signIn(page, "/");
  const statusOf = async (length) => (await page.goto(`/table/Bank.Account?_q=${"x".repeat(length)}`)).status();
  assert.equal(await statusOf(3_000), 200);
  assert.equal(await statusOf(3_100), 414);
  assert.equal(await statusOf(6_000), 414);
  assert.match(await page.locator("main").innerText(), /ask for less/);
  await page.context().close();
});

check("a form after the session has ended signs in again, without a script too", async () => {
  const page = await open({ javaScriptEnabled: false });
  await signIn(page, "/table/Bank.Account");
  await page.context().clearCookies({ name: SESSION });
  await page.locator("#q").fill("CHF");
  await page.locator("#q").press("Enter");
  await page.waitForURL(/_q=CHF/);
  await page.context().close();
});

check("a callback in another browser, or twice, signs nobody in", async () => {
  const page = await open();
  let callback;
  page.on("request", (request) => {
    if (request.url().includes("/login/callback")) callback = request.url();
  });
  await signIn(page, "/");
  const other = await open();
  const response = await other.goto(callback);
  assert.equal(response.status(), 400);
  assert.match(await other.locator("main").innerText(), /could not be signed in/);
  const cookies = await other.context().cookies(server.base);
  assert.equal(
    cookies.find(({ name }) => name === SESSION),
    undefined,
  );
  await other.context().close();
  await page.context().close();
});

check("five tabs may be on their way at once", async () => {
  const first = await open();
  const pages = [first];
  for (let tab = 1; tab < 5; tab += 1) pages.push(await first.context().newPage());
  for (const [tab, page] of pages.entries()) await page.goto(`/table/Bank.Account?_size=${tab + 1}`);
  for (const [tab, page] of pages.entries()) {
    const button = page.getByRole("button", { name: "ada" });
    if (await button.count()) await button.click();
    await page.waitForURL(`${server.base}/table/Bank.Account?_size=${tab + 1}`);
  }
  await first.context().close();
});

check("a program calls its own address with a token, and no other way", async () => {
  const provider = await issuer();
  const asking = { method: "POST", headers: { authorization: `Basic ${btoa("program:program")}` } };
  const answer = await fetch(`${provider}/token`, {
    ...asking,
    body: new URLSearchParams({ grant_type: "client_credentials" }),
  });
  const { access_token: token } = await answer.json();
  secrets.add(token);
  const ask = (address, value) =>
    fetch(address, { headers: value ? { authorization: value } : {}, redirect: "manual" });
  const bearer = `Bearer ${token}`;
  const me = await (await ask(`${server.tokens}/me`, bearer)).json();
  assert.deepEqual([me.source, me.subject, me.issuer, me.name], ["token", "program", provider, "A program"]);
  assert.deepEqual([me.claims.ward, me.claims.roles], ["W1", ["reader", "auditor"]]);
  const rows = await ask(`${server.tokens}/table/Bank.Account?_size=2`, bearer);
  assert.equal((await rows.json()).rows.length, 2);
  const [head, payload, signature] = token.split(".");
  const other = btoa(JSON.stringify({ ...JSON.parse(atob(payload)), sub: "eve" })).replaceAll("=", "");
  for (const wrong of [
    null,
    "Bearer x",
    bearer.slice(0, -6),
    `Bearer ${head}.${other}.${signature}`,
    `Basic ${token}`,
  ]) {
    const refused = await ask(`${server.tokens}/table/Bank.Account`, wrong);
    assert.equal(refused.status, 401, wrong);
    assert.equal(await refused.text(), '{"message":"Unauthorized"}');
  }
  // The address of people takes no token, and that of programs no cookie and no sign-in.
  assert.equal((await ask(`${server.base}/table/Bank.Account`, bearer)).status, 401);
  assert.equal((await ask(`${server.tokens}/login`, bearer)).status, 404);
  const page = await open();
  await signIn(page, "/");
  const cookie = `${SESSION}=${(await sessionOf(page)).value}`;
  assert.equal((await fetch(`${server.tokens}/me`, { headers: { cookie } })).status, 401);
  // Whoever asks at the wrong address is told the right one.
  const problem = await (await ask(`${server.base}/table/Bank.Account`)).json();
  assert.ok(problem.detail.includes(server.tokens), problem.detail);
  await page.goto("/docs");
  assert.ok((await page.locator("main").innerText()).includes(`$BEARER_TOKEN" '${server.tokens}/'`));
  await page.context().close();
});

/** A port that nobody listens on. */
async function freePort() {
  const listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address();
  listener.close();
  return port;
}

check("a provider that is configured by hand, with a client secret and claims of userinfo alone", async () => {
  const port = await freePort();
  const own = spawn("node", [PROVIDER, "0", `http://127.0.0.1:${port}`, "userinfo"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [line] = await once(own.stdout, "data");
  const secret = "a demo's secret & no other";
  const by = await startServer({
    PORT: String(port),
    ACCESS: "login",
    OIDC_ISSUER: String(line).trim(),
    OIDC_CLIENT_ID: "iris-tables-secret",
    OIDC_CLIENT_SECRET: secret,
    SESSION_KEY: "sessions of the tests are sealed with this text",
    SESSION_CLAIMS: "ward, email",
  });
  const page = await openPage(browser, { base: by.base });
  await page.goto("/me");
  await page.getByRole("button", { name: "bob" }).click();
  await page.waitForURL(`${by.base}/me`);
  const said = await page.locator("main").innerText();
  for (const words of ["Bob Marley", "W2", "bob@example.org"]) assert.ok(said.includes(words), said);
  // Signing out ends the session there, too.
  await page.getByRole("link", { name: "Sign out" }).click();
  await page.getByRole("button", { name: /yes/i }).click();
  await page.waitForURL(/\/interaction\//);
  await page.context().close();
  await by.stop();
  own.kill();
});

check("a page says which rows somebody sees, and shows no others", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "iris-tables-wards-"));
  const make = `import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
database.execute("CREATE TABLE Patient (ID INTEGER PRIMARY KEY, Name VARCHAR(20), Ward CHAR(2))")
database.executemany("INSERT INTO Patient VALUES (?, ?, ?)", [(n, f"Patient {n}", f"W{n % 3 + 1}") for n in range(1, 31)])
database.commit()`;
  execFileSync("python3", ["-c", make, join(folder, "Clinic.db")]);
  const wards = await startServer({
    LOGIN: "demo",
    LOGIN_PROVIDER: PROVIDER,
    PATH: process.env.PATH,
    DATABASE_URL: `sqlite:${folder}`,
    PUBLISHED_TABLES: "Clinic.*",
    ROW_RULES: "Clinic.*.Ward=claim:ward",
  });
  t.after(async () => {
    await wards.stop();
    rmSync(folder, { recursive: true });
  });
  for (const viewport of [DESKTOP, PHONE]) {
    const page = await openPage(browser, { base: wards.base, viewport, bypassCSP: true, reducedMotion: "reduce" });
    await page.goto("/table/Clinic.Patient?_sort=Name");
    await page.getByRole("button", { name: "bob" }).click();
    await page.waitForURL(`${wards.base}/table/Clinic.Patient?_sort=Name`);
    const rules = page.locator(".own-rows");
    assert.match(await rules.innerText(), /^Only your rows: Ward is W2\. Who you are$/);
    assert.deepEqual([...new Set(await column(page, 2))], ["W2"]);
    assert.equal((await column(page, 0)).length, 10);
    const box = await rules.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= viewport.width, "it stands within the window");
    assert.deepEqual(await violations(page), []);
    // Another ward's row is one that does not exist.
    assert.equal((await page.goto("/table/Clinic.Patient/row?ID=2")).status(), 404);
    await page.goto("/table/Clinic.Patient/groups?_by=Ward");
    assert.deepEqual(await page.locator("#groups tbody tr").count(), 1);
    await rules.getByRole("link").click();
    await page.waitForURL(`${wards.base}/me`);
    assert.match(await page.locator("main").innerText(), /Clinic\.\*\.Ward\s+W2/);
    await page.context().close();
  }
  // Whoever has no ward sees no row.
  const page = await openPage(browser, { base: wards.base });
  await page.goto("/table/Clinic.Patient");
  await page.getByRole("button", { name: "eve" }).click();
  await page.waitForURL(`${wards.base}/table/Clinic.Patient`);
  assert.match(await page.locator("main").innerText(), /ward/);
  assert.equal(await page.locator("#rows").count(), 0);
  assert.match(await page.locator(".signed-in").innerText(), /Eve.*Sign out/s);
  await page.context().close();
});

check("axe finds nothing on pages of somebody who has signed in, or could not", async () => {
  for (const viewport of [DESKTOP, PHONE]) {
    const page = await open({ viewport, bypassCSP: true, reducedMotion: "reduce" });
    await signIn(page, "/me", "eve");
    const all = [];
    for (const address of [
      "/me",
      "/",
      "/table/Bank.Account?_size=5",
      "/logout/done",
      "/login/callback?state=x",
      "/docs",
    ]) {
      await page.goto(address);
      for (const found of await violations(page)) all.push(`${address}: ${found}`);
    }
    await page.goto(`${await issuer()}/nothing`);
    await page.evaluate((address) => {
      location.href = address;
    }, `${server.base}/logout`);
    await page.waitForURL(`${server.base}/logout`);
    all.push(...(await violations(page)));
    assert.deepEqual(all, []);
    await page.context().close();
  }
});

check("no log has a code, a state, a cookie or a token", () => {
  assert.ok(secrets.size > 50, `${secrets.size}`);
  const log = readFileSync(server.log, "utf8");
  for (const secret of secrets) assert.equal(log.includes(secret), false, secret);
});
