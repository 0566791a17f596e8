/**
 * A text that is equal for bodies that mean the same: JSON without whitespace and with sorted keys, numbers as they are written;
 * for anything else the bytes.
 */
export function canonicalBody(body: Uint8Array): string {
  return canonicalJson(body) ?? `bytes:${Buffer.from(body).toString("base64")}`;
}

function canonicalJson(body: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    JSON.parse(text);
    return `json:${canonicalValue(tokensOf(text))}`;
  } catch {
    // Neither UTF-8 nor JSON, or nested too deep to compare as JSON: the bytes are the key.
    return undefined;
  }
}

/** The tokens of a text that JSON.parse has accepted. */
function tokensOf(text: string): Iterator<RegExpExecArray, undefined> {
  return text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/g) as Iterator<RegExpExecArray, undefined>;
}

function canonicalValue(tokens: Iterator<RegExpExecArray, undefined>, first = nextToken(tokens)): string {
  if (first === "[") return canonicalArray(tokens);
  if (first === "{") return canonicalObject(tokens);
  return first.startsWith('"') ? JSON.stringify(JSON.parse(first)) : first;
}

function canonicalArray(tokens: Iterator<RegExpExecArray, undefined>): string {
  const items: string[] = [];
  for (let token = nextToken(tokens); token !== "]"; token = nextToken(tokens)) {
    if (token !== ",") items.push(canonicalValue(tokens, token));
  }
  return `[${items.join(",")}]`;
}

function canonicalObject(tokens: Iterator<RegExpExecArray, undefined>): string {
  const members: (readonly [key: string, value: string])[] = [];
  for (let token = nextToken(tokens); token !== "}"; token = nextToken(tokens)) {
    if (token === ",") continue;
    nextToken(tokens); // the colon
    members.push([JSON.stringify(JSON.parse(token)), canonicalValue(tokens)]);
  }
  // A stable sort: the order of members with one name has a meaning to some readers.
  members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([key, value]) => `${key}:${value}`).join(",")}}`;
}

function nextToken(tokens: Iterator<RegExpExecArray, undefined>): string {
  const next = tokens.next();
  if (next.done) throw new SyntaxError("the JSON text ended early");
  return next.value[0];
}
