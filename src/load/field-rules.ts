/** What is wrong with a field's value, as the end of a sentence; undefined when nothing is. */
export type FieldRule = (value: unknown) => string | undefined;

const MOST_SHOWN = 80;

/** A field that may be left out. */
export function optional(rule: FieldRule): FieldRule {
  return (value) => (value === undefined ? undefined : rule(value));
}

export function oneOf(allowed: readonly string[]): FieldRule {
  const choice = allowed.length === 1 ? `must be ${allowed[0]}` : `must be one of ${allowed.join(", ")}`;
  return (value) => (typeof value === "string" && allowed.includes(value) ? undefined : choice);
}

export function integer(least: number, most: number): FieldRule {
  return (value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `must be a whole number from ${least} to ${most}`;
}

/** A number above 0. */
export function positive(most: number): FieldRule {
  return (value) =>
    typeof value === "number" && value > 0 && value <= most ? undefined : `must be a number above 0, at most ${most}`;
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? undefined : "must be a text that is not empty";
}

export function bool(value: unknown): string | undefined {
  return typeof value === "boolean" ? undefined : "must be true or false";
}

/** A list that is not empty, all of whose members keep the rule. */
export function listOf(rule: FieldRule): FieldRule {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0) return "must be a list that is not empty";
    for (const [index, member] of value.entries()) {
      const problem = rule(member);
      if (problem !== undefined) return `is wrong at ${index}: ${problem}`;
    }
    return undefined;
  };
}

/** An object with these fields and no others. */
export function objectOf(fields: Readonly<Record<string, FieldRule>>): FieldRule {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object";
    return problemOfFields(value as Readonly<Record<string, unknown>>, fields);
  };
}

/** The first thing that is wrong with an object's fields, in a sentence that names the field. */
export function problemOfFields(
  given: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, FieldRule>>,
): string | undefined {
  for (const [name, rule] of Object.entries(fields)) {
    const value = given[name];
    const problem = rule(value);
    if (problem !== undefined)
      return value === undefined ? `${name} is missing` : `${name} ${problem}, not ${shown(value)}`;
  }
  const unknown = Object.keys(given).find((name) => !(name in fields));
  return unknown === undefined ? undefined : `it has no field ${JSON.stringify(unknown)}`;
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > MOST_SHOWN ? `${json.slice(0, MOST_SHOWN)}…` : json;
}
