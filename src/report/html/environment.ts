import type { ResultDocument } from "../../result/index.ts";
import { repeatCommands } from "../repeat.ts";
import { type Html, html } from "./html.ts";

/** The machine that the program ran on, the target as probed, and the commands that repeat the run. */
export function environmentHtml(document: ResultDocument, documentFile: string): Html {
  const { run, targets, transcripts } = document;
  const { environment: env } = run;
  const facts = [
    ["Node.js", env.node],
    ["System", env.os],
    ["Processor", `${env.cpu}, ${env.cores} logical`],
    ["Memory", `${(env.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ["CI", env.ci],
    ["Transcript", transcripts && `${transcripts.file}, sha256 ${transcripts.sha256}`],
  ] as const;
  return html`<section id="environment"><h2>Environment and how to repeat</h2><dl class="facts">${facts.map(([name, value]) => value !== undefined && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${repeatCommands(document, documentFile).map(({ what, command }) => html`<div class="repro"><span class="label">${what}</span><pre tabindex="0">${command}</pre></div>`)}
${targets.map(
  ({
    server,
    bindings,
    models,
  }) => html`<details><summary>The target as probed: ${server.name ?? "unnamed server"} ${server.version}, ${models.length} ${models.length === 1 ? "model" : "models"}</summary>
<div class="scroll" tabindex="0" role="group" aria-label="Bindings"><table><tbody>${bindings.map(({ id, answers, evidence }) => html`<tr><td><code>${id}</code></td><td>${answers ? "answers" : "does not answer"}</td><td>${evidence}</td></tr>`)}</tbody></table></div>
<div class="scroll" tabindex="0" role="group" aria-label="Models"><table><thead><tr><th scope="col">Model</th><th scope="col">Inputs</th><th scope="col">Outputs</th></tr></thead><tbody>${models.map(({ name, inputs, outputs }) => html`<tr><td>${name}</td><td>${inputs.map(tensorHtml)}</td><td>${outputs.map(tensorHtml)}</td></tr>`)}</tbody></table></div></details>`,
)}</section>`;
}

function tensorHtml({ name, datatype, shape }: { name: string; datatype: string; shape: readonly number[] }): Html {
  return html`<div>${name} <code>${datatype}[${shape.join(",")}]</code></div>`;
}
