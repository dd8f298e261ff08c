// The script of a first load, compressed, against its budget: all that is loaded from the first byte to the overview.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 350_000;
const FIRST = ["index.html", "src/shell/SignInPage.tsx", "src/shell/Shell.tsx", "src/pages/overview/index.tsx"];
const MESSAGES = /i18n\/messages\/all\.zh-CN/;

const folder = process.argv[2] ?? "dist";
const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8"));

const needed = new Set();
function need(name) {
  if (needed.has(name)) return;
  needed.add(name);
  for (const other of manifest[name].imports ?? []) need(other);
}
for (const name of [...FIRST, ...Object.keys(manifest).filter((one) => MESSAGES.test(one))]) need(name);

const files = new Set([...needed].map((name) => manifest[name].file).filter((file) => file.endsWith(".js")));
let total = 0;
for (const file of files) {
  const bytes = gzipSync(readFileSync(join(folder, file)), { level: 9 }).length;
  total += bytes;
  if (process.argv.includes("--each")) console.log(String(bytes).padStart(8), file);
}
console.log(`First load: ${total} bytes of script compressed, of ${BUDGET_BYTES}`);
if (total > BUDGET_BYTES) process.exit(1);
