# Answers questions: checkdata conformance --command "ruby examples/ruby/answer.rb"

require "json"
require_relative "access"
require_relative "records"
require_relative "training"

ENV["TZ"] = "Europe/London" # so that a local time is London's
$stdout.sync = true

NOBODY = { "type" => "compound", "operator" => "or", "value" => [] }.freeze

def covered(predicate, rows) = rows.map { |row| Predicates.holds?(predicate, row) }

def decision(asked)
  decided = Access.decide(*asked.values_at("acting", "facts", "on"))
  { "decision" => decided, "covered" => covered(decided.dig("scope", "predicate") || NOBODY, asked["rows"]) }
end

def status(asked)
  participant = Training::Participant.new(*asked.values_at("facts", "on"))
  { "state" => participant.state, "status" => participant.status }
end

$stdin.each_line do |line|
  asked = JSON.parse(line)
  answer = case asked["ask"]
           when "decision" then decision(asked)
           when "rows" then { "covered" => covered(*asked.values_at("predicate", "rows")) }
           when "day" then { "day" => Time.iso8601(asked["moment"]).localtime.strftime("%Y-%m-%d") }
           when "status" then status(asked)
           when "record" then Records.choose(*asked.values_at("records", "viewer", "on"))
           end
  puts JSON.generate(answer)
end
