/** The bundle has the exports of the library's main entry and no types of its own. */
declare module "echarts/dist/echarts.esm.min.mjs" {
  export * from "echarts";
}
