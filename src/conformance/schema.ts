import { Ajv, type ErrorObject } from "ajv";

/** One way in which a value breaks a schema. */
export interface SchemaViolation {
  /** The clause that the broken part of the schema belongs to; absent in a schema of our own requests. */
  readonly clause: string | undefined;
  /** JSON pointer of the offending member. */
  readonly at: string;
  readonly expected: string;
  readonly value: unknown;
  /** The value is null where the schema says `"nullWarns": true`: an optional member that is there without a value. */
  readonly nullOnly: boolean;
}

export interface BodySchema {
  /** All violations; empty when the value fits. */
  violations(value: unknown): readonly SchemaViolation[];
}

/**
 * Compiles a JSON Schema whose subschemas may carry `"clause": "<id>"`: a violation names the clause of the
 * subschema that failed, so that one schema serves many checks.
 */
export function bodySchema(schema: object): BodySchema {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, strictRequired: false, allowUnionTypes: true });
  ajv.addKeyword({ keyword: "clause", schemaType: "string" });
  ajv.addKeyword({ keyword: "nullWarns", schemaType: "boolean" });
  const validate = ajv.compile(schema);
  return {
    violations: (value) => (validate(value) ? [] : (validate.errors ?? []).map((error) => violationOf(error))),
  };
}

function violationOf(error: ErrorObject): SchemaViolation {
  // `verbose` gives each error the schema that failed.
  const parent = error.parentSchema as { clause?: string; nullWarns?: boolean };
  const { missingProperty: missing } = error.params as { missingProperty?: string };
  return {
    clause: parent.clause,
    at: missing === undefined ? error.instancePath : `${error.instancePath}/${missing}`,
    expected: missing === undefined ? expectationOf(error) : `a member "${missing}"`,
    value: missing === undefined ? error.data : undefined,
    nullOnly: parent.nullWarns === true && error.data === null,
  };
}

function expectationOf(error: ErrorObject): string {
  switch (error.keyword) {
    case "type":
      return `type ${[(error.params as { type: string | string[] }).type].flat().join(" or ")}`;
    case "enum":
      return `one of ${(error.params as { allowedValues: unknown[] }).allowedValues.join(", ")}`;
    case "const":
      return `the value ${JSON.stringify((error.params as { allowedValue: unknown }).allowedValue)}`;
    default:
      return `a value that ${error.message ?? `satisfies ${error.keyword}`}`;
  }
}
