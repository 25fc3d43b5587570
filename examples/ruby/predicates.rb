# Conditions on the fields of a row, as UCAST has them: docs/other-languages.md.

module Predicates
  module_function

  def holds?(condition, row)
    operator, field, value = condition.values_at("operator", "field", "value")
    case operator
    when "and" then value.all? { |part| holds?(part, row) }
    when "or" then value.any? { |part| holds?(part, row) }
    when "eq" then row[field] == value
    when "ne" then row[field] != value
    when "gte" then row[field] >= value
    when "lte" then row[field] <= value
    else raise "This operator is not known: #{operator}"
    end
  end

  def equals(field, value) = field("eq", field, value)
  def blank(field) = compound("or", equals(field, nil), equals(field, ""))
  def field(operator, field, value) = { "type" => "field", "operator" => operator, "field" => field, "value" => value }
  def compound(operator, *parts) = { "type" => "compound", "operator" => operator, "value" => parts }
end
