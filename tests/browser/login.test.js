// Signing in and out, by the demo's own provider.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPage, startBrowser } from "./browser.js";
import { startServer } from "./server.js";
import { untilAt } from "./shop.js";

const PROVIDER = fileURLToPath(new URL("../../infra/login/provider.mjs", import.meta.url));
const SESSION = "__Host-iris-session";
const isInstalled = existsSync(new URL("../../infra/login/node_modules", import.meta.url));
if (!isInstalled) console.error("SKIPPED: sign-in, because infra/login has no node_modules (npm ci).");

let server;
let browser;
before(async () => {
  if (!isInstalled) return;
  server = await startServer({ LOGIN: "demo", LOGIN_PROVIDER: PROVIDER, PATH: process.env.PATH });
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const check = (name, act) => test(name, { skip: !isInstalled }, act);
const open = (options) => openPage(browser, { base: server.base, ...options });

/** Goes to an address, and signs in there as somebody. */
async function signIn(page, address, person = "ada") {
  await page.goto(address);
  await page.getByRole("button", { name: person }).click();
  await page.waitForURL(`${server.base}${address}`);
}

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

check("whoever signs out is asked again who it is, and the way back shows nothing", async () => {
  const page = await open();
  await signIn(page, "/table/Bank.Account?_size=5");
  await page.getByRole("link", { name: "Sign out" }).click();
  await page.waitForURL(/localhost/);
  await page.getByRole("button", { name: /yes/i }).click();
  await page.waitForURL(/\/interaction\//);
  assert.equal(
    (await page.context().cookies(server.base)).find(({ name }) => name === SESSION),
    undefined,
  );
  await page.goto("/table/Bank.Account?_size=5");
  assert.match(page.url(), /\/interaction\//);
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
