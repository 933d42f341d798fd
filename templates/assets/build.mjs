// Makes the files that pages load, in `built`: scripts bundled with DataTables, and one stylesheet of the libraries.
// `make assets` runs it. What is in `built` is not committed: the lock file says exactly from what it is made.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { compile } from "sass";

const here = fileURLToPath(new URL(".", import.meta.url));
const packages = `${here}node_modules/`;
const browsers = ["chrome111", "firefox114", "safari16.4"];

await build({
  absWorkingDir: here,
  entryPoints: ["index.js", "table.js"],
  outdir: "built",
  bundle: true,
  minify: true,
  format: "iife",
  target: browsers,
  legalComments: "inline",
  logLevel: "warning",
});

const bootstrap = compile(`${here}library.scss`, {
  loadPaths: [packages],
  quietDeps: true,
  silenceDeprecations: ["import"],
}).css;
const tables = [
  "datatables.net-bs5/css/dataTables.bootstrap5.css",
  "datatables.net-responsive-bs5/css/responsive.bootstrap5.css",
].map((file) => readFileSync(packages + file, "utf8"));
const css = [bootstrap, ...tables].join("\n").replaceAll('@charset "UTF-8";', "");
const { code } = await transform(css, { loader: "css", minify: true, target: browsers });
mkdirSync(`${here}built`, { recursive: true });
writeFileSync(`${here}built/library.css`, code);
