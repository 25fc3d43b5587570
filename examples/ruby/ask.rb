# Asks a decision point (OpenID AuthZEN) whether a user may see a participant, and whom they may see:
# CHECKDATA_KEY=… ruby ask.rb https://decisions.example jo@hub.org p-000123

require "json"
require "net/http"

class DecisionPoint
  def initialize(address, key)
    @metadata = JSON.parse(Net::HTTP.get(URI("#{address}/.well-known/authzen-configuration")))
    @headers = { "Authorization" => "Bearer #{key}", "Content-Type" => "application/json" }
  end

  def decision(question) = ask("access_evaluation_endpoint", question)

  def found(question)
    return enum_for(:found, question) unless block_given?

    page = { limit: 1000 }
    loop do
      told = ask("search_resource_endpoint", question.merge(page: page))
      told["results"].each { |resource| yield resource }
      page = { token: told["page"]["next_token"] }
      break if page[:token].empty?
    end
  end

  private

  def ask(endpoint, question)
    response = Net::HTTP.post(URI(@metadata.fetch(endpoint)), JSON.generate(question), @headers)
    told = JSON.parse(response.body)
    raise "The decision point answered #{response.code}: #{told}" unless response.is_a?(Net::HTTPSuccess)

    told
  end
end

address, user, participant = ARGV
point = DecisionPoint.new(address, ENV.fetch("CHECKDATA_KEY"))
who = { subject: { type: "user", id: user }, action: { name: "can_see" } }

told = point.decision(who.merge(resource: { type: "participant", id: participant }))
context = told["context"]
until_day = context["holds_until"] && "#{context['holds_until']} or "
puts told["decision"] ? "yes, until #{until_day}a fact changes" : "no: #{context['reason']}"
point.found(who.merge(resource: { type: "participant" })).each { |resource| puts resource["id"] }
