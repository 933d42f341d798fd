// An OpenID Connect provider that a test leads: it says of itself and of people what the test wants, right or wrong. The
// test is its browser, too.

import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, request } from "node:http";

const base64 = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

const PAIRS = {
  RS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  PS256: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  EdDSA: () => generateKeyPairSync("ed25519"),
};

/** A key of the provider's. */
export function makeKey(alg, kid) {
  const { privateKey, publicKey } = PAIRS[alg]();
  return { alg, kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig" } };
}

/** A token. `alg` is what its header says, and how it is signed unless `by` signs it. */
export function token(key, claims, { header = {}, by } = {}) {
  const text = `${base64({ alg: key.alg, kid: key.kid, ...header })}.${base64(claims)}`;
  return `${text}.${(by ?? ((data) => signed(key, data)))(text)}`;
}

function signed({ alg, privateKey }, text) {
  const data = Buffer.from(text);
  if (alg === "EdDSA") return sign(null, data, privateKey).toString("base64url");
  const options = { key: privateKey };
  if (alg === "PS256") Object.assign(options, { padding: 6, saltLength: 32 });
  if (alg === "ES256") options.dsaEncoding = "ieee-p1363";
  return sign("sha256", data, options).toString("base64url");
}

/** HS256, with a secret that both sides know, or that everybody does. */
export const hmac = (secret) => (text) => createHmac("sha256", secret).update(text).digest("base64url");

/** Starts it. `answers` may be changed at any time: what it says by address, or a function of the request that does. */
export async function startProvider() {
  const asked = [];
  const answers = {};
  const server = createServer(async (incoming, response) => {
    const body = new URLSearchParams((await incoming.toArray()).join(""));
    const { pathname } = new URL(incoming.url, "http://x");
    const { headers } = incoming;
    asked.push({ path: pathname, headers, body });
    let answer = answers[pathname];
    if (typeof answer === "function") answer = await answer({ headers, body });
    response.statusCode = answer === undefined ? 404 : (answer.status ?? 200);
    response.setHeader("content-type", "application/json");
    response.end(typeof answer?.text === "string" ? answer.text : JSON.stringify(answer?.json ?? answer ?? {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answers["/.well-known/openid-configuration"] = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
  };
  return {
    issuer,
    asked,
    answers,
    count: (path) => asked.filter((one) => one.path === path).length,
    stop: () => server.close(),
  };
}

/** A browser of a few lines: it keeps cookies. */
export class Client {
  constructor(base) {
    this.base = base;
    this.cookies = new Map();
    this.seen = [];
  }

  async get(address, headers = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const accept = "text/html";
    const all = { accept, "sec-fetch-mode": "navigate", ...(cookie && { cookie }), ...headers };
    const response = await fetchAs(this.base + address, all);
    for (const line of response.headers.getSetCookie()) {
      const [, name, value, rest] = /^([^=]+)=([^;]*)(.*)$/.exec(line);
      if (/max-age=0/i.test(rest)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  /** Begins a sign-in: what the provider is asked. */
  async begin(to = "/me") {
    const response = await this.get(`/login?to=${encodeURIComponent(to)}`);
    return new URL(response.headers.get("location"), this.base).searchParams;
  }

  /** Comes back from the provider. */
  back(parameters, headers) {
    return this.get(`/login/callback?${new URLSearchParams(parameters)}`, headers);
  }
}

/** As fetch, with the headers as they are: fetch has its own Sec-Fetch-Mode. */
async function fetchAs(address, headers) {
  const asking = request(address, { headers, agent: false }).end();
  const [response] = await once(asking, "response");
  const text = Buffer.concat(await response.toArray()).toString("utf8");
  const found = new Headers();
  for (let at = 0; at < response.rawHeaders.length; at += 2)
    found.append(response.rawHeaders[at], response.rawHeaders[at + 1]);
  return { status: response.statusCode, headers: found, text };
}
