// The service's table of contents: its sidecar, what it subscribes to, what it serves.
import { join } from "node:path";
import { CommunicationProtocolEnum, DaprServer, HttpMethod } from "@dapr/dapr";
import express from "express";
import { customersById } from "./customers.mjs";
import { messageFor, subscriptions } from "./messages.mjs";
import { messagesApi } from "./messagesApi.mjs";
import { Outbox } from "./outbox.mjs";

const { APP_PORT = "5113", DAPR_HTTP_PORT = "3513", DATA_DIR, APP_API_TOKEN } = process.env;
const host = process.env.HOST ?? "127.0.0.1";

const outbox = await Outbox.open(DATA_DIR ? join(DATA_DIR, "outbox") : new URL("../../.dapr/outbox/", import.meta.url));
const app = express();
app.disable("x-powered-by");
app.get(["/healthz", "/readyz"], (_, response) => response.json({}));
// A sidecar that was given the token sends it with every call; nobody else knows it (Dapr's app API token).
app.use((request, response, next) =>
  !APP_API_TOKEN || request.get("dapr-api-token") === APP_API_TOKEN ? next() : response.sendStatus(401));
app.use(messagesApi(outbox));

// The SDK would listen on all addresses.
const listen = app.listen.bind(app);
app.listen = (port) => listen(port, host);
const server = new DaprServer({
  serverHost: host,
  serverPort: APP_PORT,
  serverHttp: app,
  clientOptions: { daprHost: "127.0.0.1", daprPort: DAPR_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP },
});

const findCustomer = customersById((path) => server.client.invoker.invoke("customers", path, HttpMethod.GET));

/** What the sidecar is to do with an event. The SDK takes a handler that throws for one that succeeded, so this one never does. */
const handle = (type) => async (data) => {
  try {
    const message = await messageFor(type, data, findCustomer);
    if (message && (await outbox.add(message))) {
      console.log(`${message.subject} → ${message.id}`);
    }
    return "SUCCESS";
  } catch (failure) {
    console.error(`${type} is to be delivered again: ${failure.message ?? failure}`);
    return "RETRY";
  }
};

// The SDK makes its routes of these; it knows paths of one segment only.
const other = "other";
for (const [topic, types] of Object.entries(subscriptions)) {
  const rules = types.map((type) => ({ match: `event.type == "${type}"`, path: type }));
  await server.pubsub.subscribeWithOptions("pubsub", topic, { deadLetterTopic: `${topic}-dead`, route: { rules, default: other } });
  types.forEach((type) => server.pubsub.subscribeToRoute("pubsub", topic, type, handle(type)));
  server.pubsub.subscribeToRoute("pubsub", topic, other, async () => "SUCCESS");
}

await server.start();

["SIGTERM", "SIGINT"].forEach((signal) => process.on(signal, () => process.exit(0)));
