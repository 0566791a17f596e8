import { REDACTED, shownUrl } from "../base/shown-url.ts";

const ALWAYS_SECRET = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key"]);

export { REDACTED, withoutUserInfo } from "../base/shown-url.ts";

/** Whether the value of a header is a secret: credentials and cookies always are, others when named. */
export function isSecretHeader(name: string, named: readonly string[] = []): boolean {
  const lower = name.toLowerCase();
  return ALWAYS_SECRET.has(lower) || named.some((other) => other.toLowerCase() === lower);
}

/** A secret header's value without the secret; the scheme of an Authorization value stays. */
export function redactHeaderValue(value: string): string {
  const scheme = /^(Bearer|Basic) /i.exec(value)?.[0] ?? "";
  return `${scheme}${REDACTED}`;
}

/** The shell variable that stands for a secret header: `INFERMARK_TOKEN` for credentials, else one named for the header. */
export function secretVariable(name: string): string {
  const lower = name.toLowerCase();
  if (lower === "authorization") return "INFERMARK_TOKEN";
  return `INFERMARK_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_")}`;
}

const SECRET_FLAG = /^--?(?:[\w-]*(?:token|password|secret|api-?key)[\w-]*)$/i;
const HEADER_FLAG = /^(?:-H|--header|--metadata)$/;

/** The arguments of a command line with secret values replaced. */
export function redactArgv(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    const before = argv[index - 1] ?? "";
    const joined = /^(--?[\w-]+)=(.*)$/s.exec(argument);
    if (joined?.[1] !== undefined) return `${joined[1]}=${redactFlagValue(joined[1], joined[2] ?? "")}`;
    return redactFlagValue(before, argument);
  });
}

function redactFlagValue(flag: string, value: string): string {
  if (SECRET_FLAG.test(flag)) return REDACTED;
  const header = HEADER_FLAG.test(flag) ? /^([^:=]+)([:=]\s*)(.*)$/s.exec(value) : null;
  if (header) return `${header[1]}${header[2]}${redactHeaderValue(header[3] ?? "")}`;
  return shownUrl(value);
}

/** Every string inside a plain value with each of `secrets` replaced. Secrets of fewer than four characters are left: they would tear words apart. */
export function withoutSecrets<T>(value: T, secrets: readonly string[]): T {
  const wanted = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  if (wanted.length === 0) return value;
  const clean = (inner: unknown): unknown => {
    if (typeof inner === "string") return wanted.reduce((text, secret) => text.replaceAll(secret, REDACTED), inner);
    if (Array.isArray(inner)) return inner.map(clean);
    if (typeof inner !== "object" || inner === null) return inner;
    return Object.fromEntries(Object.entries(inner).map(([key, member]) => [key, clean(member)]));
  };
  return clean(value) as T;
}
