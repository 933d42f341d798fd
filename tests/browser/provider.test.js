// Sign-in at providers that are wrong, slow or hostile, and by browsers that are: what must not sign anybody in.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Client, hmac, makeKey, startProvider, token } from "./provider.js";
import { startServer } from "./server.js";

const ID = "tables";
const SECRET = "a client's secret & no other";
const KEY = "sessions of the tests are sealed with this text";
const now = () => Math.floor(Date.now() / 1000);

const key = makeKey("RS256", "one");
let provider;
let server;
// What must be in no log.
const secrets = new Set([SECRET, KEY]);
const remember = (...texts) => {
  for (const text of texts) if (text) secrets.add(text);
};

async function start(settings = {}) {
  return startServer({
    ACCESS: "login",
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: ID,
    OIDC_CLIENT_SECRET: SECRET,
    SESSION_KEY: KEY,
    SESSION_CLAIMS: "ward,roles",
    LOG_LEVEL: "trace",
    ...settings,
  });
}

before(async () => {
  provider = await startProvider();
  // What the ID token lacks is asked for there.
  provider.answers["/userinfo"] = { sub: "ada" };
  server = await start();
});
after(async () => {
  await server?.stop();
  provider?.stop();
});

/** What an ID token must say. */
const claims = (nonce) => ({
  iss: provider.issuer,
  sub: "ada",
  aud: ID,
  exp: now() + 300,
  iat: now(),
  nonce,
  name: "Ada",
  ward: "W1",
});

/** One sign-in with an ID token that `make` makes of the nonce. */
async function attempt(make, { client = new Client(server.base), keys = [key.jwk], code = crypto.randomUUID() } = {}) {
  const asked = await client.begin();
  const idToken = make(asked.get("nonce"));
  const accessToken = `access-${crypto.randomUUID()}`;
  provider.answers["/jwks"] = { keys };
  provider.answers["/token"] = { id_token: idToken, access_token: accessToken, token_type: "Bearer" };
  remember(code, asked.get("state"), asked.get("nonce"), idToken, accessToken);
  const response = await client.back({ code, state: asked.get("state") });
  remember(client.cookies.get("__Host-iris-session"), client.cookies.get("__Host-iris-browser"));
  return { client, response, isIn: client.cookies.has("__Host-iris-session") };
}

async function signsIn(make, options) {
  const { client, response, isIn } = await attempt(make, options);
  assert.deepEqual([response.status, response.headers.get("location"), isIn], [303, "/me", true], response.text);
  const me = await client.get("/me", { accept: "application/json" });
  return JSON.parse(me.text);
}

async function refuses(make, options) {
  const { client, response, isIn } = await attempt(make, options);
  assert.deepEqual([response.status, isIn], [400, false]);
  assert.match(response.text, /could not be signed in|Sign-in failed/i);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal((await client.get("/me", { accept: "application/json" })).status, 401);
}

test("an ID token of each accepted algorithm signs in", async () => {
  for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
    const other = makeKey(alg, `key of ${alg}`);
    const own = await start();
    const me = await signsIn((nonce) => token(other, claims(nonce)), {
      client: new Client(own.base),
      keys: [other.jwk],
    });
    assert.deepEqual([me.subject, me.name, me.issuer, me.claims.ward], ["ada", "Ada", provider.issuer, "W1"], alg);
    await own.stop();
  }
});

test("the exchange shows the client's secret, the verifier of this sign-in, and our address alone", async () => {
  const before = provider.asked.length;
  await signsIn((nonce) => token(key, claims(nonce)), { code: "the code" });
  const [{ headers, body }] = provider.asked.slice(before).filter(({ path }) => path === "/token");
  const pair = [ID, SECRET].map((text) => encodeURIComponent(text).replaceAll("'", "%27")).join(":");
  assert.equal(Buffer.from(headers.authorization.split(" ")[1], "base64").toString().toLowerCase(), pair.toLowerCase());
  assert.equal(body.get("redirect_uri"), `${server.base}/login/callback`);
  assert.equal(body.get("code"), "the code");
  const digest = await crypto.subtle.digest("SHA-256", Buffer.from(body.get("code_verifier")));
  const client = new Client(server.base);
  const asked = await client.begin();
  assert.equal(asked.get("code_challenge_method"), "S256");
  assert.notEqual(asked.get("code_challenge"), Buffer.from(digest).toString("base64url"), "one for each sign-in");
  remember(body.get("code_verifier"));
});

test("a provider that wants the secret in the form gets it there, and one without a secret the client's id", async () => {
  const { answers } = provider;
  const discovery = answers["/.well-known/openid-configuration"];
  answers["/.well-known/openid-configuration"] = {
    ...discovery,
    token_endpoint_auth_methods_supported: ["client_secret_post", "none"],
  };
  for (const [settings, secret] of [
    [{}, SECRET],
    [{ OIDC_CLIENT_SECRET: "" }, null],
  ]) {
    const own = await start(settings);
    await signsIn((nonce) => token(key, claims(nonce)), { client: new Client(own.base) });
    const { headers, body } = provider.asked.findLast(({ path }) => path === "/token");
    assert.deepEqual(
      [headers.authorization, body.get("client_id"), body.get("client_secret")],
      [undefined, ID, secret],
    );
    await own.stop();
  }
  answers["/.well-known/openid-configuration"] = discovery;
});

const other = makeKey("RS256", "one");
const elliptic = makeKey("ES256", "one");
const PEM = key.publicKey.export({ type: "spki", format: "pem" });
const changed = (change) => (nonce) => token(key, { ...claims(nonce), ...change });
const without = (name) => (nonce) => token(key, { ...claims(nonce), [name]: undefined });

const HOSTILE = {
  "without a signature (none)": (nonce) => token(key, claims(nonce), { header: { alg: "none" }, by: () => "" }),
  "with None": (nonce) => token(key, claims(nonce), { header: { alg: "None" }, by: () => "" }),
  "without an algorithm": (nonce) => token(key, claims(nonce), { header: { alg: undefined } }),
  "HS256 with the client's secret": (nonce) =>
    token(key, claims(nonce), { header: { alg: "HS256" }, by: hmac(SECRET) }),
  "HS256 with the public key": (nonce) => token(key, claims(nonce), { header: { alg: "HS256" }, by: hmac(PEM) }),
  "HS256 with the public key's JWK": (nonce) =>
    token(key, claims(nonce), { header: { alg: "HS256" }, by: hmac(JSON.stringify(key.jwk)) }),
  "RS512, which is not accepted": (nonce) => token(key, claims(nonce), { header: { alg: "RS512" } }),
  "another key of the same name": (nonce) => token(other, claims(nonce)),
  "a key in the token's own header": (nonce) => token(other, claims(nonce), { header: { jwk: other.jwk } }),
  "an address of keys in the token's own header": (nonce) =>
    token(other, claims(nonce), { header: { jku: `${provider.issuer}/evil`, kid: "evil" } }),
  "another kind of key under the name": (nonce) => token(elliptic, claims(nonce)),
  "its signature cut": (nonce) => token(key, claims(nonce)).slice(0, -8),
  "its signature of another token": (nonce) => {
    const [head, , signature] = token(key, claims(nonce)).split(".");
    return `${head}.${token(key, { ...claims(nonce), sub: "eve" }).split(".")[1]}.${signature}`;
  },
  "an unknown critical header": (nonce) => token(key, claims(nonce), { header: { crit: ["x"], x: 1 } }),
  "another issuer": changed({ iss: "https://evil.example" }),
  "its issuer with a slash more": (nonce) => token(key, { ...claims(nonce), iss: `${provider.issuer}/` }),
  "a list of issuers": (nonce) => token(key, { ...claims(nonce), iss: [provider.issuer] }),
  "no issuer": without("iss"),
  "another audience": changed({ aud: "another" }),
  "no audience": without("aud"),
  "several audiences and no azp": changed({ aud: [ID, "another"] }),
  "several audiences and another azp": changed({ aud: [ID, "another"], azp: "another" }),
  "another azp": changed({ azp: "another" }),
  "another nonce": changed({ nonce: "another" }),
  "no nonce": without("nonce"),
  "its nonce as a list": (nonce) => token(key, { ...claims(nonce), nonce: [nonce] }),
  "its time over": (nonce) => token(key, { ...claims(nonce), exp: now() - 90 }),
  "no end": without("exp"),
  "an end that is no number": changed({ exp: "tomorrow" }),
  "its beginning yet to come": (nonce) => token(key, { ...claims(nonce), iat: now() + 600 }),
  "no time": without("iat"),
  "not yet valid": (nonce) => token(key, { ...claims(nonce), nbf: now() + 600 }),
  "no subject": without("sub"),
  "an empty subject": changed({ sub: "" }),
  "a subject that is no text": changed({ sub: 7 }),
  "no token at all": () => "none",
  nothing: () => "",
};
for (const [what, make] of Object.entries(HOSTILE))
  test(`an ID token with ${what} signs nobody in`, { concurrency: false }, () => refuses(make));

test("a provider that changes its keys between two sign-ins is asked for them once", async () => {
  const own = await start();
  const [first, second, third] = ["a", "b", "c"].map((kid) => makeKey("RS256", kid));
  const sign = (by) => (nonce) => token(by, claims(nonce));
  const client = () => new Client(own.base);
  await signsIn(sign(first), { client: client(), keys: [first.jwk] });
  const before = provider.count("/jwks");
  await signsIn(sign(second), { client: client(), keys: [second.jwk] });
  assert.equal(provider.count("/jwks"), before + 1);
  await refuses(sign(first), { client: client(), keys: [second.jwk] });
  // Whoever sends unknown keys does not make it ask again and again.
  for (const kid of [third, third, third]) await refuses(sign(kid), { client: client(), keys: [second.jwk] });
  assert.equal(provider.count("/jwks"), before + 1);
  await signsIn(sign(second), { client: client(), keys: [second.jwk] });
  await own.stop();
});

test("claims that the ID token lacks come from userinfo, of the same person alone", async () => {
  const bare = (nonce) => token(key, { ...claims(nonce), ward: undefined, name: undefined });
  let seen;
  provider.answers["/userinfo"] = ({ headers }) => {
    seen = headers.authorization;
    return { sub: "ada", name: "Ada of userinfo", ward: "W7", roles: ["a", "b"], other: "not asked for" };
  };
  const me = await signsIn(bare);
  assert.match(seen, /^Bearer access-/);
  assert.deepEqual(me.claims, { ward: "W7", roles: ["a", "b"] });
  assert.equal(me.name, "Ada of userinfo");
  // The ID token is signed: what it says goes before.
  assert.equal((await signsIn((nonce) => token(key, claims(nonce)))).claims.ward, "W1");
  provider.answers["/userinfo"] = { sub: "eve", ward: "W7" };
  await refuses(bare);
  provider.answers["/userinfo"] = { ward: "W7" };
  await refuses(bare);
  provider.answers["/userinfo"] = { status: 500, text: "oops" };
  assert.equal((await attempt(bare)).response.status, 503, "no claim is left out because the provider fails");
  provider.answers["/userinfo"] = { sub: "ada" };
});

test("a session that would be too large is refused and says which claim is", async () => {
  const roles = Array.from({ length: 300 }, (_, number) => `role-${number}`);
  const { response, isIn } = await attempt((nonce) => token(key, { ...claims(nonce), roles }));
  assert.deepEqual([response.status, isIn], [400, false]);
  assert.match(response.text, /roles/);
});

test("a provider that does not answer, or wrongly, is a 503 and not a session", async () => {
  const right = (nonce) => token(key, claims(nonce));
  const { answers } = provider;
  for (const [path, answer] of [
    ["/token", { status: 500, text: "oops" }],
    ["/token", { text: "<html>" }],
    ["/token", { json: { access_token: "x" } }],
    ["/token", { text: `{"id_token":"${"x".repeat(300_000)}"}` }],
  ]) {
    const client = new Client(server.base);
    const asked = await client.begin();
    answers[path] = answer;
    const response = await client.back({ code: "x", state: asked.get("state") });
    assert.deepEqual(
      [response.status, client.cookies.has("__Host-iris-session")],
      [503, false],
      JSON.stringify(answer).slice(0, 60),
    );
    assert.ok(response.headers.get("retry-after"));
    assert.doesNotMatch(response.text, /oops|127\.0\.0\.1/);
  }
  // A code that it does not take is the person's to try again.
  answers["/token"] = { status: 400, json: { error: "invalid_grant", error_description: "swordfish" } };
  const client = new Client(server.base);
  const response = await client.back({ code: "x", state: (await client.begin()).get("state") });
  assert.equal(response.status, 400);
  remember("swordfish");
  for (const discovery of [
    { ...answers["/.well-known/openid-configuration"], issuer: "https://evil.example" },
    { issuer: provider.issuer },
    undefined,
  ]) {
    const old = answers["/.well-known/openid-configuration"];
    answers["/.well-known/openid-configuration"] = discovery;
    const own = await start();
    const response = await new Client(own.base).get("/login");
    assert.equal(response.status, 503);
    answers["/.well-known/openid-configuration"] = old;
    // Once it is right again, nothing has to be started anew.
    await signsIn(right, { client: new Client(own.base) });
    await own.stop();
  }
});

test("another browser, a swapped code, a planted cookie and another issuer sign nobody in", async () => {
  const session = "__Host-iris-session";
  const victim = new Client(server.base);
  const attacker = new Client(server.base);
  const theirs = await attacker.begin();
  provider.answers["/jwks"] = { keys: [key.jwk] };
  provider.answers["/token"] = { id_token: token(key, claims(theirs.get("nonce"))), access_token: "x" };
  // The attacker's callback, opened by a browser that has begun nothing, or something else.
  const planted = { code: "attackers", state: theirs.get("state") };
  assert.equal((await victim.back(planted)).status, 400);
  const own = await victim.begin();
  assert.equal((await victim.back(planted)).status, 400);
  // With a code of the attacker's in the victim's own sign-in, the ID token has another nonce.
  assert.equal((await victim.back({ code: "attackers", state: own.get("state") })).status, 400);
  assert.equal(victim.cookies.has(session), false);
  // A cookie of the attacker's beside the victim's own (a subdomain can set one of the same name, but for __Host-).
  const browser = "__Host-iris-browser";
  const both = `${browser}=${victim.cookies.get(browser)}; ${browser}=${attacker.cookies.get(browser)}`;
  assert.equal((await victim.back(planted, { cookie: both })).status, 400);
  const iss = { code: "x", state: theirs.get("state"), iss: "https://evil.example" };
  assert.equal((await attacker.back(iss)).status, 400);
  for (const [name, value] of [
    ["state", "x"],
    ["state", theirs.get("state").slice(0, -9)],
    ["code", undefined],
    ["state", undefined],
  ]) {
    const parameters = { code: "x", state: theirs.get("state"), [name]: value };
    if (value === undefined) delete parameters[name];
    assert.equal((await attacker.back(parameters)).status, 400, `${name}=${value}`);
  }
  const twice = `/login/callback?code=a&code=b&state=${theirs.get("state")}`;
  assert.equal((await attacker.get(twice)).status, 400);
  const refused = await attacker.back({
    error: "access_denied",
    error_description: "<b>x",
    state: theirs.get("state"),
  });
  assert.equal(refused.status, 400);
  assert.doesNotMatch(refused.text, /<b>x/);
  assert.match(refused.text, /href="\/login/, "with another try");
  assert.equal(attacker.cookies.has(session), false);
  // And by its own browser it signs in, with the provider's iss, too.
  const right = { code: "x", state: theirs.get("state"), iss: provider.issuer };
  assert.equal((await attacker.back(right)).status, 303);
});

test("a sign-in leads to no other site, and to none of its own steps", async () => {
  for (const [to, expected] of [
    ["/table/Bank.Account?_q=a%20b", "/table/Bank.Account?_q=a%20b"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["\\\\evil.example", "/"],
    ["https:evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["/\t/evil.example", "/"],
    ["/%09/evil.example", "/%09/evil.example"],
    ["/%0d%0aLocation:%20//evil.example", "/%0d%0aLocation:%20//evil.example"],
    ["/\r\nLocation: //evil.example", "/"],
    ["%2F%2Fevil.example", "/"],
    ["/%2Fevil.example", "/%2Fevil.example"],
    ["/%252Fevil.example", "/%252Fevil.example"],
    ["/.//evil.example", "/"],
    ["/x/..//evil.example", "/"],
    ["/login", "/"],
    ["/login/callback?code=x", "/"],
    ["/logout", "/"],
    ["/logout/?x", "/"],
    ["", "/"],
    [`/${"x".repeat(1_100)}`, "/"],
  ]) {
    const client = new Client(server.base);
    const asked = await client.begin(to);
    provider.answers["/token"] = { id_token: token(key, claims(asked.get("nonce"))), access_token: "x" };
    const response = await client.back({ code: "x", state: asked.get("state") });
    const location = response.headers.get("location");
    // A browser makes of it an address of this site, whatever it looks like.
    assert.equal(new URL(location, server.base).origin, server.base, to);
    assert.equal(location, expected, JSON.stringify(to));
    const again = await client.get(`/login?to=${encodeURIComponent(to)}`);
    assert.equal(again.headers.get("location"), expected, "with a session");
  }
});

test("an address of any signs, as long as a sign-in leads back to, comes back whole", async () => {
  const client = new Client(server.base);
  const to = `/table/Bank.Account?_q=${encodeURIComponent("é&%+ ".repeat(30))}`.slice(0, 900);
  const first = await client.get(to);
  assert.equal(first.status, 303);
  const second = await client.get(first.headers.get("location"));
  const asked = new URL(second.headers.get("location")).searchParams;
  provider.answers["/token"] = { id_token: token(key, claims(asked.get("nonce"))), access_token: "x" };
  // Some providers' codes are long.
  const response = await client.back({
    code: "c".repeat(1_800),
    state: asked.get("state"),
    session_state: "s".repeat(100),
  });
  assert.deepEqual([response.status, response.headers.get("location")], [303, to], response.text);
});

test("no log has a secret, a code, a state, a token or a cookie", () => {
  assert.ok(secrets.size > 100, `${secrets.size}`);
  const log = readFileSync(server.log, "utf8");
  // Each was refused for what is wrong with it.
  for (const reason of [
    "InvalidSignature",
    "ExpiredSignature",
    "InvalidAudience",
    "another nonce",
    "another azp",
    "its iat",
    "no iat",
  ])
    assert.ok(log.includes(reason), reason);
  for (const secret of secrets) {
    assert.equal(log.includes(secret), false, `the log has ${secret.slice(0, 40)}`);
    assert.equal(log.includes(encodeURIComponent(secret)), false, `the log has ${secret.slice(0, 40)} encoded`);
  }
});
