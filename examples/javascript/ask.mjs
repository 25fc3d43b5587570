// Asks a decision point (OpenID AuthZEN) whether a user may see a participant, and whom they may see:
// CHECKDATA_KEY=… node ask.mjs https://decisions.example jo@hub.org p-000123

const [address, user, participant] = process.argv.slice(2);
const subject = { type: "user", id: user };
const action = { name: "can_see" };

const metadata = await (await fetch(`${address}/.well-known/authzen-configuration`)).json();

async function ask(endpoint, question) {
  const response = await fetch(metadata[endpoint], {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.CHECKDATA_KEY}`, "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  const told = await response.json();
  if (!response.ok) throw new Error(`The decision point answered ${response.status}: ${JSON.stringify(told)}`);
  return told;
}

async function* found(question) {
  let page = { limit: 1000 };
  do {
    const told = await ask("search_resource_endpoint", { ...question, page });
    yield* told.results;
    page = { token: told.page.next_token };
  } while (page.token);
}

const { decision, context } = await ask("access_evaluation_endpoint", {
  subject, action, resource: { type: "participant", id: participant },
});
console.log(decision ? `yes, until ${context.holds_until ? `${context.holds_until} or ` : ""}a fact changes` : `no: ${context.reason}`);
for await (const { id } of found({ subject, action, resource: { type: "participant" } })) console.log(id);
