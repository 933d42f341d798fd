// The functions behind an HTTP port, as a gateway has them: each request becomes an event for one of two processes, which
// fetch their events from a runtime API of ours. As much of both as browsers need.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
// The functions' programs; `NAME` stands for the function's name.
const PROGRAM = process.env.FUNCTIONS ?? `${ROOT}target/debug/NAME-function`;

/** One function: a process, and the events that wait for it. */
class Lambda {
  constructor(name) {
    this.name = name;
    this.events = [];
    this.asking = null;
    this.answers = new Map();
    this.log = "";
    this.count = 0;
    this.api = createServer((request, response) => this.serve(request, response));
  }

  async start(environment) {
    const port = await listen(this.api, 0);
    this.process = spawn(PROGRAM.replace("NAME", this.name), {
      env: {
        AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
        AWS_LAMBDA_FUNCTION_NAME: this.name,
        AWS_LAMBDA_FUNCTION_VERSION: "1",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
        ...environment,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const write = (text) => (this.log += text);
    this.process.stdout.on("data", write);
    this.process.stderr.on("data", write);
    const ended = once(this.process, "exit").then(() => {
      if (!this.isReady) throw new Error(`${this.name} has ended:\n${this.log}`);
    });
    await Promise.race([new Promise((ready) => (this.ready = ready)), ended]);
  }

  serve(request, response) {
    const parts = request.url.split("/");
    if (parts.at(-1) === "next") {
      this.isReady = true;
      this.ready();
      this.asking = response;
      this.hand();
      return;
    }
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      response.writeHead(202).end("{}");
      const answer = this.answers.get(parts.at(-2));
      this.answers.delete(parts.at(-2));
      answer?.(JSON.parse(Buffer.concat(chunks)));
    });
  }

  hand() {
    if (!this.asking || this.events.length === 0) return;
    const [id, event] = this.events.shift();
    const headers = {
      "lambda-runtime-aws-request-id": id,
      "lambda-runtime-deadline-ms": String(Date.now() + 29_000),
      "lambda-runtime-invoked-function-arn": "arn:aws:lambda:eu-central-1:123456789012:function:f",
      "content-type": "application/json",
    };
    this.asking.writeHead(200, headers).end(JSON.stringify(event));
    this.asking = null;
  }

  answer(event) {
    this.count += 1;
    const id = `${this.name}-${this.count}`;
    event.requestContext.requestId = id;
    const answer = new Promise((resolve) => this.answers.set(id, resolve));
    this.events.push([id, event]);
    this.hand();
    return answer;
  }

  async stop() {
    this.process.kill("SIGTERM");
    await once(this.process, "exit");
    this.api.closeAllConnections();
    this.api.close();
  }
}

async function listen(server, port) {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}

/** Starts both functions with these settings. */
export async function startSite(settings) {
  const functions = { index: new Lambda("index"), table: new Lambda("table") };
  const environment = { LANG: "en_US.UTF-8", ...settings };
  if (process.env.ODBC_DRIVER) environment.ODBC_DRIVER = process.env.ODBC_DRIVER;
  await Promise.all(Object.values(functions).map((each) => each.start(environment)));
  const site = { asked: [], functions, hold: null };
  const server = createServer(async (request, response) => {
    const [path, query = ""] = request.url.split(/\?(.*)/s);
    site.asked.push({ path, query, accept: request.headers.accept ?? "" });
    if (site.hold && query.includes("_view=page")) await site.hold;
    const chosen = path.startsWith("/table/") ? functions.table : functions.index;
    const answer = await chosen.answer(eventOf(request, path, query));
    const body = Buffer.from(answer.body ?? "", answer.isBase64Encoded ? "base64" : "utf8");
    response.writeHead(answer.statusCode, answer.headers).end(body);
  });
  const port = await listen(server, Number(process.env.PORT ?? 0));
  site.base = `http://127.0.0.1:${port}`;
  site.stop = async () => {
    server.closeAllConnections();
    server.close();
    await Promise.all(Object.values(functions).map((each) => each.stop()));
  };
  return site;
}

function eventOf(request, path, query) {
  const http = { method: request.method, path, protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "test" };
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    requestContext: {
      accountId: "123456789012",
      apiId: "a1b2c3d4e5",
      domainName: "tables.example.org",
      domainPrefix: "tables",
      http,
      routeKey: "$default",
      stage: "$default",
      time: "01/Jul/2026:09:30:00 +0000",
      timeEpoch: 1_782_898_200_000,
    },
    isBase64Encoded: false,
  };
}
