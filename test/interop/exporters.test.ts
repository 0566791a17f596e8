import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { growthOf, sumOf } from "../../interop/exporters/by-hand.ts";
import { exporters, isEqual } from "../../interop/exporters/exporters.ts";
import { recordingProxy } from "../../interop/exporters/recording-proxy.ts";
import type { LoadPoint } from "../../src/result/index.ts";
import { loadPoint } from "../result/sample-run.ts";

const text = (n: number) => `a{m="x",k="1"} ${n}\na{m="y",k="1"} 5\na_more 100\nb 2.5\n`;

test("reading by hand sums the lines of one metric with and without labels", () => {
  expect(sumOf(text(1), "a")).toBe(6);
  expect(sumOf(text(1), "a", ['m="x"'])).toBe(1);
  expect(sumOf(text(1), "a", [], ['m="x"'])).toBe(5);
  expect(sumOf(text(1), "b")).toBe(2.5);
  expect(growthOf([text(1), text(4)], "a")).toBe(3);
});

test("a figure that is missing or differs is not equal", () => {
  expect(isEqual({ name: "x", told: 0.1 + 0.2, byHand: 0.3 })).toBe(true);
  expect(isEqual({ name: "x", told: 3, byHand: 4 })).toBe(false);
  expect(isEqual({ name: "x", told: undefined, byHand: Number.NaN })).toBe(false);
  const unobserved: LoadPoint = loadPoint(1);
  for (const { figures } of exporters) {
    const told = figures(unobserved, ["", ""]).filter(({ name }) => !name.includes("sent"));
    expect(told.some(isEqual)).toBe(false);
  }
});

test("the proxy hands on what it keeps, and the status of what it does not", async () => {
  let n = 0;
  const server = createServer((_request, response) => {
    n++;
    if (n === 2) response.writeHead(503).end("away");
    else response.end(text(n));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy = await recordingProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
  try {
    const answers = [await fetch(proxy.url), await fetch(proxy.url), await fetch(proxy.url)];
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 200]);
    expect(proxy.texts).toEqual([text(1), text(3)]);
    expect(await answers[2]?.text()).toBe(text(3));
  } finally {
    proxy.close();
    server.close();
  }
});
