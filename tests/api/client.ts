// A client whose types are generated from /openapi.json of the demo. It is compiled, and run against the demo: it ends with
// an error where an answer is not what its type says. That it does not compile without a column is tested too.

import createClient from "openapi-fetch";
import type { components, paths } from "./description.js";

declare const process: { argv: string[] };

// Answers come as JSON, errors as their documents.
const client = createClient<paths, "application/json" | "application/problem+json">({
  baseUrl: process.argv[2] ?? "",
  querySerializer: { array: { style: "form", explode: false } },
});

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const index = await client.GET("/");
must(index.data?.tables.some((table) => table.table === "Bank.Account") ?? false, "the list has the accounts");

const richest = await client.GET("/table/Bank.Account", {
  params: { query: { Balance__gte: "0", Currency__in: ["CHF", "EUR"], _sort: ["-Balance", "ID"], _size: 3 } },
});
const rows = richest.data?.rows ?? [];
must(rows.length === 3, "three rows");
for (const row of rows) {
  // A decimal is a text, and an integer beyond 2⁵³−1 too.
  const balance: string | null | undefined = row.Balance;
  const ledger: number | string | null | undefined = row.BigNumber;
  must(typeof balance === "string" && ledger !== undefined, "values are as their types say");
}
const next: string | null | undefined = richest.data?.next;
must(typeof next === "string", "more rows follow");

// What is JSON within an address a client takes as a text.
const swiss = await client.GET("/table/Bank.Account", {
  params: { query: { _where: JSON.stringify(["Currency", "in", ["CHF", "XXX"]]), _size: 2 } },
});
must(swiss.data?.rows.every((row) => row.Currency === "CHF") ?? false, "a filter as JSON is taken");

const one = await client.GET("/table/Bank.Account/row", { params: { query: { ID: Number(rows[0]?.ID) } } });
const holder: components["schemas"]["KeyLink"] | undefined = one.data?.links.references[0];
must(holder?.table === "Bank.Customer", "the account leads to its holder");
// Of one row every column is there.
const opened: string | null | undefined = one.data?.row.Opened;
must(typeof opened === "string", "the day is a text");

const composite = await client.GET("/table/Bank.ExchangeRate/row", {
  params: { query: { Currency: "XXX", Day: "2024-02-29" } },
});
must(composite.error?.type === "urn:iris-tables:problem:unknown-row", "an error is a document with a type");

const wrong = await client.GET("/table/Bank.Account", { params: { query: { _size: 100_000 } } });
must(wrong.error?.parameter === "_size", "an error names its parameter");

const columns = await client.GET("/table/Bank.Audit/schema");
must(columns.data?.links.row === null, "no columns name a row of a table without a key");
console.log("ok");
