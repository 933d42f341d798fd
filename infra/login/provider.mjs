// The sign-in service of the demo: a real OpenID Connect provider with three people and no
// passwords. For local use and tests only: `node provider.mjs PORT ADDRESS-OF-THE-SITE [userinfo]`.

import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { createLocalJWKSet, jwtVerify } from "jose";
import Provider from "oidc-provider";

const [port, site, claims] = process.argv.slice(2);

const PEOPLE = {
  ada: { name: "Ada Lovelace", email: "ada@example.org", ward: "W1" },
  bob: { name: "Bob Marley", email: "bob@example.org", ward: "W2" },
  eve: { name: "Eve <script>alert(1)</script>", email: "eve@example.org" },
};

// What programs' tokens are for: the `aud` that the second address asks for.
const AUDIENCE = "iris-tables";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const named = (jwk) => ({ ...jwk, kid: "demo", use: "sig", alg: "RS256" });
const key = named(privateKey.export({ format: "jwk" }));
const known = createLocalJWKSet({ keys: [named(publicKey.export({ format: "jwk" }))] });

// The port is known only once it listens, and the provider must know its address.
const server = createServer((request, response) => handle(request, response));
server.listen(Number(port), "127.0.0.1");
await once(server, "listening");
const base = `http://localhost:${server.address().port}`;

const web = {
  redirect_uris: [`${site}/login/callback`],
  post_logout_redirect_uris: [`${site}/`],
};
const program = { redirect_uris: [], response_types: [], grant_types: ["client_credentials"] };

const provider = new Provider(base, {
  clients: [
    { client_id: "iris-tables", token_endpoint_auth_method: "none", ...web },
    { client_id: "iris-tables-secret", client_secret: "a demo's secret & no other", ...web },
    { client_id: "program", client_secret: "program", ...program },
  ],
  jwks: { keys: [key] },
  claims: { openid: ["sub", "ward"], profile: ["name"], email: ["email"] },
  // "userinfo": as with many providers, the ID token has `sub` alone, and userinfo the rest.
  conformIdTokenClaims: claims === "userinfo",
  cookies: { keys: [key.d] },
  extraTokenClaims: (_context, { kind }) =>
    kind === "ClientCredentials" ? { name: "A program", ward: "W1", roles: ["reader", "auditor"] } : undefined,
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_context, { clientId }) => (clientId === "program" ? `urn:${AUDIENCE}` : undefined),
      getResourceServerInfo: () => ({ scope: "", audience: AUDIENCE, accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } }),
    },
  },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, id) =>
    Object.hasOwn(PEOPLE, id) ? { accountId: id, claims: () => ({ sub: id, ...PEOPLE[id] }) } : undefined,
  // Nobody is asked what the site may know: it is the company's own.
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
});
const answer = provider.callback();

/** What API Gateway's authorizer would check of a token. The claims, or 401. */
async function check(request, response) {
  const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  try {
    const { payload } = await jwtVerify(token ?? "", known, { issuer: base, audience: AUDIENCE, algorithms: ["RS256"] });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(payload));
  } catch {
    response.statusCode = 401;
    response.end("{}");
  }
}

/** Shows the people, and takes the one who is clicked. */
async function handle(request, response) {
  const [, part, uid, person] = new URL(request.url, base).pathname.split("/");
  if (part === "check") return check(request, response);
  if (part !== "interaction") return answer(request, response);
  try {
    if (request.method === "POST" && person) {
      return await provider.interactionFinished(request, response, { login: { accountId: person } });
    }
    const buttons = Object.keys(PEOPLE).map(
      (name) => `<form method="post" action="/interaction/${uid}/${name}"><button>${name}</button></form>`,
    );
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Sign in</title><h1>Who are you?</h1>${buttons.join("")}`,
    );
  } catch (error) {
    response.statusCode = 400;
    response.end(String(error));
  }
}

// Without the server that started it, it has no purpose.
process.stdin.on("end", () => process.exit(0)).resume();
console.log(base);
