import { defineConfig } from "vitest/config";
import base from "./vitest.config.ts";

const { projects: _, ...shared } = base.test ?? {};

/** The pages in a real browser: takes Chromium, and minutes. */
export default defineConfig({ ...base, test: { ...shared, include: ["test/pages/**/*.test.ts"] } });
