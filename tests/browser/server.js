// The local server over a database of the tests', as `cargo test` has built it, and a proxy before it that knows what was
// asked.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, request as forward } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = process.env.SERVER ?? join(ROOT, "target/debug/local-server");

/** Starts the server with these settings alone; without a database it serves the demo. */
export async function startServer(settings) {
  const environment = { LANG: "en_US.UTF-8", HOST: "127.0.0.1", PORT: "0", INSTANCES: "1", ...settings };
  if (process.env.ODBC_DRIVER) environment.ODBC_DRIVER = process.env.ODBC_DRIVER;
  const server = spawn(PROGRAM, { cwd: ROOT, env: environment, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit").then(() => {
    throw new Error(`${PROGRAM} has ended`);
  });
  // The first line is for programs; the others are read so that the server never waits for it.
  const [line] = await Promise.race([once(createInterface(server.stdout), "line"), ended]);
  ended.catch(() => {});
  const { url, log } = JSON.parse(line);
  return {
    base: url,
    log: () => readFileSync(join(ROOT, log), "utf8"),
    async stop() {
      server.kill("SIGTERM");
      await once(server, "exit");
    },
  };
}

/** The same behind a proxy: `asked` is what came, and pages wait for `hold` where it is a promise. */
export async function startWatched(settings) {
  const server = await startServer(settings);
  const site = { asked: [], hold: null };
  const proxy = createServer(async (request, response) => {
    const { url, method, headers } = request;
    const [path, query = ""] = url.split(/\?(.*)/s);
    site.asked.push({ path, query, accept: headers.accept ?? "" });
    if (site.hold && query.includes("_view=page")) await site.hold;
    const answer = forward(server.base + url, { method, headers }, (from) => {
      response.writeHead(from.statusCode, from.headers);
      from.pipe(response);
    });
    request.pipe(answer);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  site.base = `http://127.0.0.1:${proxy.address().port}`;
  site.log = server.log;
  site.stop = async () => {
    proxy.closeAllConnections();
    proxy.close();
    await server.stop();
  };
  return site;
}
