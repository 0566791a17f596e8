/** How a person reaches the target from a shell: what an endpoint holds, with files in place of PEM texts. */
export interface ReproTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: {
    readonly insecure?: boolean;
    readonly serverName?: string;
    /** Names of PEM files. */
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
  /** Put before every path (REST only). */
  readonly prefix?: string;
  /** Replaces `Host` or `:authority`. */
  readonly authority?: string;
  /** Connected to in place of looking `host` up. */
  readonly address?: string;
  /** Sent with every request; the values of secret ones are never printed. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Names of headers whose values are secrets, beside those that always are. */
  readonly secretHeaders?: readonly string[];
}

/** Longer bodies make a line that nobody can paste; the recording is replayed instead. */
export const MAX_REPRO_BODY_BYTES = 4096;

/** `host:port`, with brackets around an IPv6 address. */
export function hostAndPort(host: string, port: number): string {
  return `${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${port}`;
}
