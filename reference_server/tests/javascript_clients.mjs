// Use two clients from npm as their users do, and print what they return as JSON. Arguments: the URL of the server and a token.
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";

// npx installs the packages into a folder of its own; only PATH names it.
const modules = process.env.PATH.split(delimiter).map(dirname).find((folder) => folder.endsWith("node_modules"));
const require = createRequire(join(modules, "any.js"));
const { CanvasApi } = require("@kth/canvas-api");
const createClient = require("openapi-fetch").default;

const [url, token] = process.argv.slice(2);
const failed = (error) => ({ name: error.name, status: error.response?.statusCode, body: error.response?.json });

// Only its pause after throttling is shorter than the default of one second.
const canvas = new CanvasApi(`${url}/api/v1`, token, { rateLimitIntervalMs: 100 });
const kth = {
  throttledTwice: (await canvas.get("outcomes/1")).json,
  shown: (await canvas.get("outcomes/1", { add_defaults: true })).json,
  updated: (await canvas.request("outcomes/1", "PUT", { title: "Größe & more", ratings: [{ description: "Yes", points: 2.5 }] })).json,
  listed: await canvas.listItems("courses/1/outcome_alignments", { student_id: 30 }).toArray(),
  missing: await canvas.get("outcomes/999999").catch(failed),
  refused: await canvas.request("outcomes/1", "PUT", { title: "" }).catch(failed),
  rejected: await new CanvasApi(`${url}/api/v1`, "other").get("outcomes/1").catch(failed),
};

const api = createClient({ baseUrl: url, headers: { Authorization: `Bearer ${token}` } });
const path = { id: 2 };
const seen = ({ data, error, response }) => ({ data, error, status: response.status });
const fetch = {
  shown: seen(await api.GET("/api/v1/outcomes/{id}", { params: { path, query: { add_defaults: true } } })),
  updated: seen(await api.PUT("/api/v1/outcomes/{id}", { params: { path }, body: { display_name: null, title: "Shorter" } })),
  listed: seen(
    await api.GET("/api/v1/courses/{course_id}/outcome_alignments", { params: { path: { course_id: 1 }, query: { student_id: 30 } } }),
  ),
  missing: seen(await api.GET("/api/v1/outcomes/{id}", { params: { path: { id: 999999 } } })),
};
console.log(JSON.stringify({ kth, fetch }));
