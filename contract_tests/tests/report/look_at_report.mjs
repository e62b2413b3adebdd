export { look as default } from "./read_report.mjs";
