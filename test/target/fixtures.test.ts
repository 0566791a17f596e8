import { describe, expect, test } from "vitest";
import { seededRandom } from "../../src/base/random.ts";
import { fixtureModels } from "../../src/reference/index.ts";
import {
  DATATYPES,
  describeDifference,
  FIXTURES,
  type Fixture,
  matchesFixture,
  synthesise,
  type Tensor,
} from "../../src/target/index.ts";

const NO_FIXED_VALUES = ["fail", "params", "iris", "text_fail", "rows_and_objects"];
const SLOW = "slow_ms";

function fixture(name: string): Fixture {
  const found = FIXTURES.get(name);
  if (!found) throw new Error(`${name} is no fixture`);
  return found;
}

function inputsOf({ name, inputs, outputs, versions }: Fixture, batch = 3): readonly Tensor[] {
  const model = { name, inputs, outputs, versions, fixture: true, foundBy: [] };
  return synthesise(model, { random: seededRandom(1, name), batch, dimension: 4 });
}

test("the fixture models are those of the table, one identity for each datatype among them", () => {
  const identities = Object.keys(DATATYPES).map((datatype) => `identity_${datatype.toLowerCase()}`);
  const others =
    "addsub two_out rowsum fixed22 twoversions fail slow_ms params iris toggle fp16_out text text_fail rows_and_objects";
  expect([...FIXTURES.keys()].toSorted()).toEqual([...identities, ...others.split(" ")].toSorted());
});

test("the first fixture is the one that most checks can use", () => {
  expect([...FIXTURES.keys()][0]).toBe("identity_fp32");
});

test("only some fixtures have no fixed values", () => {
  const without = [...FIXTURES.values()].filter((each) => each.expected(inputsOf(each)) === undefined);
  expect(without.map(({ name }) => name).toSorted()).toEqual(NO_FIXED_VALUES.toSorted());
});

describe.each([...fixtureModels().values()].map((model) => [model.name, model] as const))("%s", (name, model) => {
  test("has the tensors and versions that the reference runtime serves", () => {
    const { inputs, outputs, versions } = fixture(name);
    expect({ inputs, outputs }).toEqual({ inputs: model.inputs, outputs: model.outputs });
    expect(versions.length === 0 || versions.join() === model.versions.join()).toBe(true);
  });

  test("declares outputs of the datatypes and ranks that its values have", () => {
    const { outputs, expected } = fixture(name);
    for (const [index, tensor] of (expected(inputsOf(fixture(name))) ?? []).entries()) {
      expect(tensor).toMatchObject({ name: outputs[index]?.name, datatype: outputs[index]?.datatype });
      expect(tensor.shape.map((size, axis) => (outputs[index]?.shape[axis] === -1 ? -1 : size))).toEqual(
        outputs[index]?.shape,
      );
    }
  });
});

const COMPUTED = [...fixtureModels().values()].filter(({ name }) => ![...NO_FIXED_VALUES, SLOW].includes(name));

test.each(COMPUTED.map((model) => [model.name, model] as const))(
  "the values of %s are those that the reference runtime computes",
  async (name, model) => {
    const inputs = inputsOf(fixture(name));
    for (const version of model.versions) {
      const outputs = await model.infer({ version, inputs, parameters: {} });
      const expected = fixture(name).expected(inputs, version) ?? [];
      expect(expected.map((tensor) => tensor.name)).toEqual(outputs.map((tensor) => tensor.name));
      expect(expected.map((tensor, index) => describeDifference(outputs[index] as Tensor, tensor))).toEqual(
        outputs.map(() => undefined),
      );
    }
  },
);

describe("known values", () => {
  const fp32 = (values: readonly number[], ...shape: readonly number[]): Tensor => ({
    name: "INPUT0",
    datatype: "FP32",
    shape,
    values,
  });

  test("twoversions negates unless version 1 is asked for", () => {
    const { expected } = fixture("twoversions");
    expect(expected([fp32([1, 0], 1, 2)])?.[0]?.values).toEqual([-1, -0]);
    expect(expected([fp32([1, 0], 1, 2)], "3")?.[0]?.values).toEqual([-1, -0]);
    expect(expected([fp32([1, 0], 1, 2)], "1")?.[0]?.values).toEqual([1, 0]);
  });

  test("rowsum adds along rows, not columns", () => {
    expect(fixture("rowsum").expected([fp32([1, 2, 3, 10, 20, 30], 2, 3)])).toEqual([
      { name: "OUTPUT0", datatype: "FP32", shape: [2], values: [6, 60] },
    ]);
  });

  test("two_out numbers the rows", () => {
    expect(fixture("two_out").expected([fp32([1, 2, 3, 4], 2, 2)])?.[1]).toEqual({
      name: "OUTPUT1",
      datatype: "INT64",
      shape: [2],
      values: [0n, 1n],
    });
  });

  test("addsub wraps as 32-bit arithmetic does", () => {
    const int32 = (name: string, value: number): Tensor => ({
      name,
      datatype: "INT32",
      shape: [1, 1],
      values: [value],
    });
    const outputs = fixture("addsub").expected([int32("INPUT0", 2147483647), int32("INPUT1", 1)]);
    expect(outputs?.map(({ values }) => values[0])).toEqual([-2147483648, 2147483646]);
  });

  test("fp16_out rounds to half precision", () => {
    expect(fixture("fp16_out").expected([fp32([0.1, 65520], 1, 2)])?.[0]).toEqual({
      name: "OUTPUT0",
      datatype: "FP16",
      shape: [1, 2],
      values: [0.0999755859375, Infinity],
    });
  });

  test("text upper-cases beyond ASCII", () => {
    const text = new TextEncoder().encode("straße é");
    const [output] =
      fixture("text").expected([{ name: "INPUT0", datatype: "BYTES", shape: [1, 1], values: [text] }]) ?? [];
    expect(new TextDecoder().decode(output?.values[0] as Uint8Array)).toBe("STRASSE É");
  });
});

describe("a fixture", () => {
  const addsub = fixture("addsub");

  test.each([
    ["the names of the table", ["INPUT0", "INPUT1"], ["OUTPUT0", "OUTPUT1"], true],
    ["the same names in another order", ["INPUT1", "INPUT0"], ["OUTPUT1", "OUTPUT0"], true],
    ["fewer names", ["INPUT0"], [], true],
    ["another input", ["INPUT0", "x"], [], false],
    ["another output", [], ["y"], false],
  ])("recognised by %s: inputs %j, outputs %j: %s", (_what, inputs, outputs, matches) => {
    expect(matchesFixture(addsub, { inputs, outputs })).toBe(matches);
  });
});
