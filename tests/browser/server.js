// The local server over a database of the tests, as `cargo test` has built it.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = process.env.SERVER ?? join(ROOT, "target/debug/local-server");

/** Starts the server with these settings alone; without a database it serves the demo. */
export async function startServer(settings) {
  const environment = { HOST: "127.0.0.1", PORT: "0", INSTANCES: "1", ...settings };
  // For its log, and for the demo's data.
  const folder = mkdtempSync(join(tmpdir(), "iris-tables-server-"));
  const stdio = ["ignore", "pipe", "inherit"];
  const server = spawn(PROGRAM, { cwd: folder, env: environment, stdio });
  const ended = once(server, "exit").then(() => {
    throw new Error(`${PROGRAM} has ended`);
  });
  // Of a server that chooses its port the first line is for programs; the others are read so that it never waits.
  const [line] = await Promise.race([once(createInterface(server.stdout), "line"), ended]);
  ended.catch(() => {});
  const { url, tokens, log } = line.startsWith("{") ? JSON.parse(line) : { url: / (\S+)\/ /.exec(line)[1], log: "" };
  return {
    base: url,
    tokens,
    log: join(folder, log),
    async stop() {
      server.kill("SIGTERM");
      await once(server, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}
