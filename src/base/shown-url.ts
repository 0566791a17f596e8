/** What stands in place of a secret. */
export const REDACTED = "[redacted]";

const USER_INFO = /([a-z][a-z0-9+.-]*:\/\/)([^/?#\s@]*(?:@[^/?#\s@]*)*)@/gi;
const URL_QUERY = /([a-z][a-z0-9+.-]*:\/\/[^?#\s]*)\?([^#\s]*)/gi;
/** What exporters are known to be asked for; any other parameter may be a token. */
const HARMLESS = /^(?:format|module|target|collect|name|match|exclude)(?:\[\]|%5B%5D)?$/i;

/** A text with every URL in it without user and password. */
export function withoutUserInfo(text: string): string {
  return text.replaceAll(USER_INFO, "$1");
}

/** The same, and with values of query parameters replaced unless exporters are known to have such parameters. */
export function shownUrl(text: string): string {
  return withoutUserInfo(text).replaceAll(
    URL_QUERY,
    (_, before: string, query: string) => `${before}?${query.split("&").map(shownParameter).join("&")}`,
  );
}

/** What `shownUrl` leaves out: the user and password and each replaced value, encoded and plain. */
export function secretsOfUrl(url: string): readonly string[] {
  const [, , userInfo = ""] = new RegExp(USER_INFO, "i").exec(url) ?? [];
  const [, , query = ""] = new RegExp(URL_QUERY, "i").exec(withoutUserInfo(url)) ?? [];
  const colon = userInfo.indexOf(":");
  const values = query.split("&").filter((each) => shownParameter(each) !== each);
  const found = [
    ...(colon === -1 ? [userInfo] : [userInfo.slice(colon + 1)]),
    ...values.map((each) => each.slice(each.indexOf("=") + 1)),
  ];
  return [...new Set(found.flatMap((each) => [each, decoded(each)]))].filter((each) => each !== "");
}

function shownParameter(parameter: string): string {
  const equals = parameter.indexOf("=");
  const name = equals === -1 ? "" : parameter.slice(0, equals);
  if (parameter === "" || HARMLESS.test(name)) return parameter;
  // A parameter without a name may be a token itself.
  return equals === -1 ? REDACTED : `${name}=${REDACTED}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
