# Who may see whom: service rules 1 to 3 of docs/rules.md. Days are texts, which sort as days do.

require "date"
require_relative "predicates"

module Access
  extend Predicates
  module_function

  def decide(acting, facts, on)
    days = [on, *turning_days(facts)].sort
    now = answer(acting, facts, on)
    holds_until = days.drop(days.index(on)).find { |day| meaning(answer(acting, facts, day)) != meaning(now) }
    now.merge("holds_until" => holds_until)
  end

  def answer(acting, facts, day)
    user, organisation = facts["user"], acting["organisation"]
    return refused("unknown_user") if user.nil? || user["id"] != acting["user_id"]
    return refused("suspended") if user["suspended"]
    return refused("no_grant") unless facts["grants"].any? { |grant| counts?(grant, user, organisation, day) }

    scope(organisation, facts["agreements"], day)
  end

  def scope(organisation, agreements, day)
    id = organisation["id"]
    case organisation["role"]
    when "appropriate_body" then granted(compound("and", equals("appropriate_body_id", id), equals("role", "ect")))
    when "delivery_partner"
      counting = agreements.select { |each| each["delivery_partner_id"] == id && in_force?(each, day) }
      return refused("no_agreement") if counting.empty?

      rules = compound("or", *counting.flat_map { |each| covered(each) }.uniq.sort_by(&:to_s))
      granted(compound("and", equals("delivery_partner_id", id), rules), counting.map { |each| each["id"] })
    else granted(compound("or"))
    end
  end

  def covered(agreement)
    bounds = { "gte" => agreement["first_academic_year"], "lte" => agreement["last_academic_year"] }.compact
    years = bounds.map do |operator, year|
      compound("and", field("ne", "academic_year", nil), field(operator, "academic_year", year))
    end
    leads = [equals("lead_provider_id", agreement["lead_provider_id"])]
    leads << blank("lead_provider_id") if agreement["covers_unconfirmed"]
    leads.map { |lead| compound("and", lead, *years) }
  end

  def counts?(grant, user, organisation, day)
    grant["user_id"] == user["id"] && same?(grant["organisation"], organisation) &&
      within?(day, grant["granted_on"], nil, grant["ended_on"])
  end

  def in_force?(agreement, day) = within?(day, *agreement.values_at("starts_on", "ends_on", "ended_on"))
  def within?(day, first, last, ended) = first <= day && (last.nil? || day <= last) && (ended.nil? || day < ended)
  def same?(one, other) = one.values_at("role", "id") == other.values_at("role", "id")

  def turning_days(facts)
    of_grants = facts["grants"].flat_map { |grant| grant.values_at("granted_on", "ended_on") }
    of_agreements = facts["agreements"].flat_map { |each| each.values_at("starts_on", "ended_on") }
    (of_grants + of_agreements + facts["agreements"].map { |each| day_after(each["ends_on"]) }).compact
  end

  # The day after 9999-12-31 sorts among days on which nothing turns.
  def day_after(day) = day && (Date.iso8601(day) + 1).iso8601
  def meaning(answer) = [answer["reason"], answer.dig("scope", "predicate")]
  def refused(reason) = { "decision" => "refused", "reason" => reason }

  def granted(predicate, agreement_ids = [])
    { "decision" => "granted", "scope" => { "predicate" => predicate, "agreement_ids" => agreement_ids } }
  end
end
