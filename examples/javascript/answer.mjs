// Answers questions: checkdata conformance --command "node examples/javascript/answer.mjs"

import { createInterface } from "node:readline";

import { decide } from "./access.mjs";
import { holds } from "./predicates.mjs";
import { chooseRecord } from "./records.mjs";
import { statusOf } from "./training.mjs";

const LONDON = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", dateStyle: "short" });

// "30/06/2024" as "2024-06-30".
const dayInLondon = (moment) => LONDON.format(moment).split("/").reverse().join("-");

const NOBODY = { type: "compound", operator: "or", value: [] };
const covered = (predicate, rows) => rows.map((row) => holds(predicate, row));

function decision({ acting, facts, on, rows }) {
  const decided = decide(acting, facts, on);
  return { decision: decided, covered: covered(decided.scope?.predicate ?? NOBODY, rows) };
}

const ANSWERS = {
  decision,
  rows: ({ predicate, rows }) => ({ covered: covered(predicate, rows) }),
  day: ({ moment }) => ({ day: dayInLondon(new Date(moment)) }),
  status: ({ facts, on }) => statusOf(facts, on),
  record: ({ records, viewer, on }) => chooseRecord(records, viewer, on),
};

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(ANSWERS[question.ask](question)));
}
