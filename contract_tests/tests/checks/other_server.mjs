// A server that is independent of this repository: two outcomes in memory, written from the documentation of the API.
// `node other_server.mjs FAULT…` breaks one thing per fault.
import { createServer } from "node:http";

const faults = new Set(process.argv.slice(2));
const LIMIT = 2 ** 20;
const LIMITS = { title: 255, display_name: 255, vendor_guid: 255, description: 65535 };
const WITH_INT = {
  decaying_average: [1, 99, 65],
  weighted_average: [1, 99, 65],
  standard_decaying_average: [50, 99, 65],
  n_mastery: [1, 10, 5],
};
const WITHOUT_INT = ["highest", "latest", "average"];
const BLANK = /^[\t-\r \x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*$/;
const COLORS = ["127A1B", "0B874B", "FC5E13", "E0061F", "555555", "000000"];
const tokens = { [process.env.EDITOR_TOKEN]: "editor", [process.env.READER_TOKEN]: "reader" };

const outcomes = new Map(
  [12, 13].map((id) => [
    id,
    {
      title: `Outcome ${id}`,
      display_name: null,
      description: "Plain.",
      vendor_guid: null,
      mastery_points: 3,
      ratings: [
        { description: "Yes", points: 3 },
        { description: "No", points: 0 },
      ],
      calculation_method: "highest",
      calculation_int: null,
    },
  ]),
);

class Rejected extends Error {
  constructor(status, body, headers = {}) {
    super(`rejected with ${status}`);
    Object.assign(this, { status, body, headers });
  }
}

const list = (message) => ({ errors: [{ message }] });
const notFound = () => new Rejected(404, list("The specified resource does not exist."));

function render(id, stored, role, addDefaults, stringIds) {
  const { ratings, calculation_int, ...rest } = stored;
  const asId = (value) => (stringIds ? String(value) : value);
  const mastered = Math.max(0, ratings.findIndex((rating) => rating.points === stored.mastery_points));
  return {
    id: asId(id),
    url: faults.has("url") ? `/outcomes/${id}` : `/api/v1/outcomes/${id}`,
    context_id: faults.has("string-ids") ? 3 : asId(3),
    context_type: "Course",
    ...rest,
    points_possible: Math.max(...ratings.map((rating) => rating.points)),
    ...(calculation_int === null ? {} : { calculation_int }),
    ratings: ratings.map((rating, index) =>
      addDefaults ? { ...rating, mastery: index === mastered, color: COLORS[index % COLORS.length] } : rating,
    ),
    can_edit: role === "editor",
    can_unlink: true,
    assessed: false,
    has_updateable_rubrics: false,
  };
}

// Parameters: names with [] and [key] make lists and objects, as Rails reads them.

function unescaped(text) {
  const bytes = [];
  const spaced = Buffer.from(text.replaceAll("+", " "));
  for (let at = 0; at < spaced.length; at += 1) {
    const hex = spaced.subarray(at + 1, at + 3).toString();
    const escaped = spaced[at] === 0x25 && /^[0-9a-f]{2}$/i.test(hex);
    bytes.push(escaped ? parseInt(hex, 16) : spaced[at]);
    if (escaped) at += 2;
  }
  return decoded(Buffer.from(bytes));
}

function decoded(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Rejected(400, list("The request is not valid UTF-8."));
  }
}

function pairs(text) {
  const parts = text.split("&").filter((part) => part !== "");
  return parts.map((part) => {
    const at = part.indexOf("=");
    return at < 0 ? [unescaped(part), ""] : [unescaped(part.slice(0, at)), unescaped(part.slice(at + 1))];
  });
}

function nested(items) {
  const found = new Map();
  for (const [name, value] of items) {
    const row = /^([^[\]]+)\[\]\[([^[\]]+)\]$/.exec(name);
    if (row === null) {
      found.set(name.replace(/\[.*/s, ""), name.includes("[") ? {} : value);
      continue;
    }
    const rows = Array.isArray(found.get(row[1])) ? found.get(row[1]) : [];
    if (rows.length === 0 || rows.at(-1).has(row[2])) rows.push(new Map());
    rows.at(-1).set(row[2], value);
    found.set(row[1], rows);
  }
  return new Map([...found].map(([name, value]) => [name, Array.isArray(value) ? value.map(Object.fromEntries) : value]));
}

function multipart(type, body) {
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary === undefined) throw new Rejected(400, list("The body has no boundary."));
  const parts = body.toString("latin1").split(`--${boundary}`).slice(1, -1);
  const items = [];
  for (const part of parts) {
    const at = part.indexOf("\r\n\r\n");
    const name = /name="((?:[^"\\]|\\.)*)"/i.exec(part.slice(0, Math.max(at, 0)))?.[1];
    if (name === undefined) continue;
    items.push([name, part.slice(at + 4, -2)].map((text) => decoded(Buffer.from(text, "latin1"))));
  }
  return nested(items);
}

function fields(type, body) {
  const media = type.split(";")[0].trim().toLowerCase();
  if (media === "application/x-www-form-urlencoded") {
    return nested(pairs(decoded(body)));
  }
  if (media === "multipart/form-data") return multipart(type, body);
  if (media !== "application/json" || body.length === 0) return new Map();
  let value;
  try {
    value = JSON.parse(decoded(body));
  } catch {
    throw new Rejected(400, list("The body is not valid JSON."));
  }
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  return isObject ? new Map(Object.entries(value)) : new Map();
}

// Updates

const isStorable = (text) => !text.includes("\0") && text.isWellFormed();
const isScalar = (value) => ["string", "number", "boolean"].includes(typeof value);

function sanitised(html) {
  return html
    .replace(/<script\b.*?(<\/script\s*>|$)/gis, "")
    .replace(/<(\/?)([a-z]+)([^<>]*)>/gi, (_, end, tag, rest) => {
      if (!/^(p|strong|em|b|i|ul|ol|li|a|br)$/i.test(tag)) return "";
      const address = /href="(https?:[^"<>]*)"/i.exec(rest);
      return `<${end}${tag}${address && !end ? ` ${address[0]}` : ""}>`;
    });
}

function number(value) {
  const found = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

function newTexts(change, errors) {
  const texts = {};
  for (const [field, limit] of Object.entries(LIMITS)) {
    if (!change.has(field)) continue;
    const sent = change.get(field);
    const text = isScalar(sent) ? String(sent) : sent;
    const isValid = typeof text === "string" && isStorable(text) && [...text].length <= limit;
    const fits = field === "title" ? isValid && !BLANK.test(text) : isValid || text === null;
    if (!fits) errors[field === "title" ? "short_description" : field] = "is invalid";
    texts[field] = field === "description" && isValid ? sanitised(text) : text;
  }
  return texts;
}

function newCriterion(stored, change) {
  const sent = change.get("ratings") ?? null;
  const mastery = change.get("mastery_points") ?? null;
  const points = mastery === null || mastery === "" ? null : number(mastery);
  if (points === undefined) throw new Rejected(400, list("mastery_points is not a number."));
  const isEmpty = Array.isArray(sent) && sent.length === 0 && points !== null;
  if (sent === null || isEmpty) return points === null ? {} : { mastery_points: points };
  if (!Array.isArray(sent) || sent.length === 0) throw new Rejected(400, list("ratings are not usable."));
  const ratings = sent.map(newRating).sort((a, b) => b.points - a.points);
  return { ratings, mastery_points: points ?? ratings[0].points };
}

function newRating(sent) {
  if (sent === null || typeof sent !== "object" || Array.isArray(sent)) {
    throw new Rejected(400, list("A rating is not an object."));
  }
  const points = sent.points === undefined || sent.points === null || sent.points === "" ? 0 : number(sent.points);
  const description = sent.description ?? "No description";
  if (points === undefined || !isScalar(description) || !isStorable(String(description))) {
    throw new Rejected(400, list("A rating is not usable."));
  }
  return { description: String(description), points };
}

function newCalculation(stored, change, errors) {
  const method = change.has("calculation_method") ? change.get("calculation_method") : stored.calculation_method;
  const isKnown = typeof method === "string" && (method in WITH_INT || WITHOUT_INT.includes(method));
  if (!isKnown) {
    errors.calculation_method = "is not a method";
    return {};
  }
  const sent = change.get("calculation_int") ?? null;
  const value = sent === null || sent === "" ? null : Math.trunc(number(sent) ?? NaN);
  const ignores = change.has("calculation_method") && ["highest", "latest"].includes(method);
  if (WITHOUT_INT.includes(method)) {
    if (value !== null && !ignores) errors.calculation_int = "is not used with this method";
    return { calculation_method: method, calculation_int: null };
  }
  const [low, high, standard] = WITH_INT[method];
  if (value !== null && !(low <= value && value <= high)) errors.calculation_int = "is out of range";
  const keeps = method === stored.calculation_method && !change.has("calculation_int");
  const kept = keeps ? stored.calculation_int : standard;
  return { calculation_method: method, calculation_int: value ?? kept };
}

function updated(stored, change) {
  const errors = {};
  const next = { ...stored, ...newTexts(change, errors), ...newCalculation(stored, change, errors) };
  if (Object.keys(errors).length > 0) {
    if (faults.has("half-update") && change.has("display_name") && !errors.display_name) {
      stored.display_name = next.display_name;
    }
    const named = Object.entries(errors).map(([attribute, message]) => [attribute, [{ attribute, message }]]);
    throw new Rejected(400, { errors: Object.fromEntries(named) });
  }
  return { ...next, ...newCriterion(stored, change) };
}

// Requests

function requester(request, query) {
  const header = request.headers.authorization;
  const token = header === undefined ? query.get("access_token") : /^Bearer (.*)$/.exec(header)?.[1];
  const role = Object.hasOwn(tokens, token ?? "") ? tokens[token] : undefined;
  if (role === undefined) {
    const challenge = faults.has("no-challenge") ? {} : { "WWW-Authenticate": 'Bearer realm="other"' };
    throw new Rejected(401, { status: "unauthenticated", ...list("user authorization required") }, challenge);
  }
  return role;
}

function respond(request, body) {
  const [path, ...rest] = request.url.split("?");
  const query = nested(pairs(rest.join("?")));
  const role = requester(request, query);
  const suffix = faults.has("suffix") ? "" : "(?:\\.json)?";
  const id = Number(new RegExp(`^/api/v1/outcomes/(\\d{1,15})${suffix}$`).exec(path)?.[1]);
  if (!outcomes.has(id) || !["GET", "PUT"].includes(request.method)) throw notFound();
  let change = query;
  if (request.method === "PUT") {
    if (role !== "editor" && !faults.has("readers-write")) {
      throw new Rejected(403, { status: "unauthorized", ...list("user not authorized to perform that action") });
    }
    if (body.length > LIMIT) throw new Rejected(413, list("The body is too large."));
    change = new Map([...fields(request.headers["content-type"] ?? "", body), ...query]);
    outcomes.set(id, updated(outcomes.get(id), change));
  }
  const addDefaults = [true, "true", "1"].includes(change.get("add_defaults"));
  const stringIds = (request.headers.accept ?? "").includes("application/json+canvas-string-ids");
  return render(id, outcomes.get(id), role, addDefaults, stringIds);
}

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  let [status, body, headers] = [200, null, { "X-Request-Cost": "0.01", "X-Rate-Limit-Remaining": "700.0" }];
  try {
    body = respond(request, Buffer.concat(parts));
  } catch (problem) {
    if (!(problem instanceof Rejected)) console.error(problem);
    ({ status, body, headers } = problem instanceof Rejected ? problem : { status: 500, body: list("failed"), headers: {} });
  }
  response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
