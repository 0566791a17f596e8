import { type Arbitrary, array, oneof } from "fast-check";
import { type JsonValue, readJson, writeJson } from "../../target/index.ts";
import type { HttpRequest } from "../../transport/index.ts";
import { type ByteChange, byteChange, changeBytes } from "./byte-changes.ts";
import type { FuzzScene } from "./fuzzing.ts";
import { type HttpChange, httpChange } from "./http-changes.ts";
import { asksForLittle, type Spelling, spell } from "./json-body.ts";
import { changeJson, type JsonChange, type JsonTree, jsonChange } from "./json-changes.ts";

/** A change of a request whose body is JSON, or begins with JSON. */
export type JsonRequestChange =
  | { readonly json: JsonChange }
  | { readonly bytes: ByteChange }
  | { readonly http: HttpChange };

const MOST_CHANGES = 3;

/** Up to three changes of requests whose members have these names; now and then none. */
export function jsonRequestChanges(
  names: readonly string[],
  { dangerous }: FuzzScene,
): Arbitrary<readonly JsonRequestChange[]> {
  const change = oneof(
    { weight: 8, arbitrary: jsonChange(names, dangerous).map((json) => ({ json })) },
    { weight: 2, arbitrary: byteChange().map((bytes) => ({ bytes })) },
    { weight: 1, arbitrary: httpChange().map((http) => ({ http })) },
  );
  return array(change, { maxLength: MOST_CHANGES });
}

/** A valid request before it is changed. */
export interface JsonDraft {
  /** Members that are undefined are left out. */
  readonly body: object;
  readonly spelling: Spelling;
  /** The request that carries this JSON. */
  readonly request: (json: Uint8Array) => HttpRequest;
}

export interface ChangedRequest {
  readonly request: HttpRequest;
  /** What was done, in words. */
  readonly changes: readonly string[];
}

/** The request with its changes: of the JSON first, then of the bytes, then of the rest. */
export function changedRequest(draft: JsonDraft, changes: readonly JsonRequestChange[]): ChangedRequest {
  const says: string[] = [];
  let tree: JsonTree = treeOf(draft.body);
  for (const each of changes) {
    if (!("json" in each)) continue;
    const changed = changeJson(tree, each.json);
    tree = changed.tree;
    says.push(changed.says);
  }
  // Escaped names would hide from `asksForLittle` what was changed.
  const how = { ...draft.spelling, escaped: draft.spelling.escaped && changes.length === 0 };
  let request = draft.request(new TextEncoder().encode(tree === undefined ? "" : spell(tree, how)));
  for (const each of changes) {
    if (!("bytes" in each)) continue;
    const changed = changeBytes(request.body ?? new Uint8Array(0), each.bytes);
    request = { ...request, body: changed.bytes };
    says.push(changed.says);
  }
  for (const each of changes) {
    if (!("http" in each)) continue;
    request = each.http.apply(request);
    says.push(each.http.says);
  }
  // No chunk carries nothing.
  if (request.framing === "chunked" && !request.body?.length) request = withoutFraming(request);
  return { request, changes: says };
}

function withoutFraming({ framing: _framing, ...request }: HttpRequest): HttpRequest {
  return request;
}

function treeOf(value: object): JsonValue {
  const read = readJson(writeJson(value));
  if (!read.ok) throw new Error(`a valid body is no JSON: ${read.problem}`);
  return read.value;
}

/** Whether a request may be sent to a server that one does not mean to kill. */
export function isHarmless({ request }: { readonly request: HttpRequest }): boolean {
  return asksForLittle(Buffer.from(request.body ?? []).toString("latin1"));
}
