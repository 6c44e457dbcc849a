// Validates documents against JSON Schemas, all named on the command line: SCHEMA DOCUMENT… The
// schema is a file, or `asyncapi` for the official one of AsyncAPI 3.0, or `draft-07` for JSON
// Schema's own. Says nothing if everything fits.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import addFormats from "ajv-formats";
import Ajv from "ajv";

const require = createRequire(import.meta.url);
const read = (file) => JSON.parse(readFileSync(file, "utf8"));

const [schemaName, ...documents] = process.argv.slice(2);
const schema = {
  // The form with `$id` brings a copy of JSON Schema's own schema, which ajv has already.
  asyncapi: () => require("@asyncapi/specs/schemas/3.0.0-without-$id.json"),
  "draft-07": () => require("ajv/dist/refs/json-schema-draft-07.json"),
}[schemaName]?.() ?? read(schemaName);

// AsyncAPI's schema describes more than one form at a place, which ajv's strict mode dislikes.
const ajv = new Ajv.default({ allErrors: true, strict: false, allowUnionTypes: true });
addFormats.default(ajv);
const validate = schemaName === "draft-07" ? ajv.getSchema(schema.$id) : ajv.compile(schema);

let failed = false;
for (const document of documents) {
  if (validate(read(document))) continue;
  failed = true;
  for (const { instancePath, message } of validate.errors) {
    console.log(`${document}${instancePath}: ${message}`);
  }
}
process.exitCode = failed ? 1 : 0;
