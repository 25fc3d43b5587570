// Who may see whom: service rules 1 to 3 of docs/rules.md. Days are texts, which sort as days do.

import { blank, bounded, compound, equals } from "./predicates.mjs";

const isActive = (grant, day) => grant.granted_on <= day && (grant.ended_on === null || day < grant.ended_on);

const isInForce = ({ starts_on, ends_on, ended_on }, day) =>
  starts_on <= day && (ends_on === null || day <= ends_on) && (ended_on === null || day < ended_on);

const isSame = (one, other) => one.role === other.role && one.id === other.id;

function covered({ lead_provider_id, covers_unconfirmed, first_academic_year, last_academic_year }) {
  const years = [];
  if (first_academic_year !== null) years.push(bounded("academic_year", "gte", first_academic_year));
  if (last_academic_year !== null) years.push(bounded("academic_year", "lte", last_academic_year));
  const leads = [equals("lead_provider_id", lead_provider_id)];
  if (covers_unconfirmed) leads.push(blank("lead_provider_id"));
  return leads.map((lead) => compound("and", lead, ...years));
}

const refused = (reason) => ({ decision: "refused", reason });
const granted = (predicate, agreement_ids = []) => ({ decision: "granted", scope: { predicate, agreement_ids } });

function answer({ user_id, organisation }, { user, grants, agreements }, day) {
  if (user === null || user.id !== user_id) return refused("unknown_user");
  if (user.suspended) return refused("suspended");
  const theirs = grants.filter((grant) => grant.user_id === user_id && isSame(grant.organisation, organisation));
  if (!theirs.some((grant) => isActive(grant, day))) return refused("no_grant");
  return scope(organisation, agreements, day);
}

function scope({ role, id }, agreements, day) {
  if (role === "appropriate_body") {
    return granted(compound("and", equals("appropriate_body_id", id), equals("role", "ect")));
  }
  if (role !== "delivery_partner") return granted(compound("or"));
  const counting = agreements.filter((each) => each.delivery_partner_id === id && isInForce(each, day));
  if (!counting.length) return refused("no_agreement");
  const rules = compound("or", ...sortedOnce(counting.flatMap(covered)));
  return granted(compound("and", equals("delivery_partner_id", id), rules), counting.map((each) => each.id));
}

// So that the same rules are the same text, whichever agreements give them.
const sortedOnce = (parts) =>
  [...new Set(parts.map((part) => JSON.stringify(part)))].sort().map((text) => JSON.parse(text));

// The day after 9999-12-31 sorts before all others, where it changes nothing.
const dayAfter = (day) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

const turningDays = ({ grants, agreements }) => [
  ...grants.flatMap((grant) => [grant.granted_on, grant.ended_on]),
  ...agreements.flatMap((each) => [each.starts_on, each.ends_on && dayAfter(each.ends_on), each.ended_on]),
].filter(Boolean);

export function decide(acting, facts, on) {
  const meaning = (day) => {
    const { reason, scope } = answer(acting, facts, day);
    return JSON.stringify([reason, scope?.predicate]);
  };
  const days = [on, ...turningDays(facts)].sort();
  const holds_until = days.slice(days.indexOf(on)).find((day) => meaning(day) !== meaning(on)) ?? null;
  return { ...answer(acting, facts, on), holds_until };
}
