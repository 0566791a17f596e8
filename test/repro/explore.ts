import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suites } from "../../suites/index.ts";
import { failingRun } from "./failing-runs.ts";

const dir = mkdtempSync("/tmp/curl-");
const t0 = Date.now();
const items: any[] = [];
for (const entry of suites.filter(({ suite }) => (process.env.T ?? "rest") === suite.transport)) {
  for (const mutant of entry.mutants) {
    const t = Date.now();
    const run = await failingRun(entry, mutant);
    const dt = Date.now() - t;
    if (dt > 1500) console.log("slow", mutant.id, dt);
    for (const check of run.checks) {
      if (check.outcome !== "fail" && check.outcome !== "warn") {
        console.log("NOT FOUND", mutant.id, check.id, check.outcome, check.reason);
        continue;
      }
      items.push({ mutant: mutant.id, check, run });
    }
  }
  console.log(entry.suite.id, Date.now() - t0, items.length);
}

import { bodyOf } from "#kit";
import { createWorld, fixtureModels, inProcess } from "../../src/reference/index.ts";

for (const it of items) {
  const world = createWorld({ models: fixtureModels() });
  const t = inProcess({ handlers: suites.map(({ reference }) => reference), world });
  const res = it.run.results.find((r: any) => r.check === it.check.id);
  const ex = res.exchanges[res.decisive];
  if (!ex) {
    console.log("NO EXCHANGE", it.mutant, it.check.id, JSON.stringify(res.verdict));
    continue;
  }
  const clean = await t.send(ex.request, { deadlineMs: 1000 });
  const h = (e: any) =>
    JSON.stringify(
      e.head?.headers
        .filter(([n]: any) => !/^(date|connection|keep-alive)$/i.test(n))
        .map(([n, v]: any) => [n.toLowerCase(), v])
        .sort(),
    );
  it.same =
    !ex.failure &&
    clean.head?.status === ex.head.status &&
    Buffer.compare(bodyOf(clean), bodyOf(ex)) === 0 &&
    h(clean) === h(ex) &&
    JSON.stringify(clean.trailers?.map(([n, v]: any) => [n, decodeURIComponent(v)]).sort()) ===
      JSON.stringify(ex.trailers?.map(([n, v]: any) => [n, decodeURIComponent(v)]).sort());
  if (it.same) console.log("SHOWS NOTHING", it.mutant, it.check.id, JSON.stringify(it.check.repro)?.slice(0, 60));
}
const fresh = new Set();
for (const it of items)
  if (!fresh.has(it.run)) {
    fresh.add(it.run);
    await it.run.restart();
  }
const script: string[] = [];
items.forEach(({ check }, i) => {
  if (!check.repro?.curl) return;
  writeFileSync(join(dir, `${i}.sh`), check.repro.curl);
  script.push(`{ timeout 4 bash ${i}.sh > ${i}.out 2> ${i}.err; echo $? > ${i}.rc; } &`);
  if (script.length % 5 === 4) script.push("wait");
});
script.push("wait");
const { spawn } = await import("node:child_process");
writeFileSync(join(dir, "all.sh"), script.join("\n"));
const t1 = Date.now();
await new Promise((resolve) => spawn("bash", ["all.sh"], { cwd: dir, stdio: "inherit" }).on("close", resolve));
console.log("curls", Date.now() - t1, "ms");
let same = 0;
items.forEach(({ mutant, check }, i) => {
  const ex = check.exchanges[check.decisive ?? check.exchanges.length - 1];
  if (!check.exchanges || check.repro?.grpcurl) return;
  if (!check.repro?.curl) {
    console.log("REPLAY", mutant, check.id, JSON.stringify(check.repro).slice(0, 80));
    return;
  }
  const out = readFileSync(join(dir, `${i}.out`));
  const rc = Number(readFileSync(join(dir, `${i}.rc`), "utf8"));
  const end = out.indexOf("\r\n\r\n");
  const status = Number(/^HTTP\/1.1 (\d+)/.exec(out.subarray(0, 20).toString())?.[1] ?? 0);
  const body = out.subarray(end + 4);
  const sha = createHash("sha256").update(body).digest("hex");
  const r = ex.response;
  const ok = ex.failure ? rc !== 0 : r.status === status && r.body.sha256 === sha;
  if (ok) same++;
  else
    console.log(
      "DIFF",
      mutant,
      check.id,
      check.outcome,
      "|",
      ex.failure?.code ?? "",
      r?.status,
      r?.body.text?.slice(0, 150),
      "| curl",
      rc,
      status,
      body.toString().slice(0, 150),
    );
});
console.log(same, "of", items.length);
process.exit(0);
