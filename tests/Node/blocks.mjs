import { AbstractActor, ActorId, ActorProxyBuilder, CommunicationProtocolEnum, DaprClient, DaprServer, HttpMethod, Temporal } from "@dapr/dapr";
import express from "express";
import { serve, until } from "./scenarios.mjs";

const { APP_PORT, DAPR_HTTP_PORT, DAPR_GRPC_PORT, CLIENT_PROTOCOL } = process.env;
const http = { daprHost: "127.0.0.1", daprPort: DAPR_HTTP_PORT, communicationProtocol: CommunicationProtocolEnum.HTTP };
const grpc = { daprHost: "127.0.0.1", daprPort: DAPR_GRPC_PORT, communicationProtocol: CommunicationProtocolEnum.GRPC };

// The SDK listens on all addresses; this app is for its own sidecar only.
const app = express();
const listen = app.listen.bind(app);
app.listen = (port) => listen(port, "127.0.0.1");
const server = new DaprServer({ serverHost: "127.0.0.1", serverPort: APP_PORT, serverHttp: app, clientOptions: http });
const client = new DaprClient(CLIENT_PROTOCOL === "grpc" ? grpc : http);

const received = [];
let refusals = 1;
await server.pubsub.subscribe("pubsub", "orders", async (event) => received.push(event));
await server.pubsub.subscribeWithOptions("pubsub", "refused", {
  callback: async (event) => {
    if (refusals-- > 0) {
      return "RETRY";
    }
    received.push(event);
    return "SUCCESS";
  },
});
await server.invoker.listen("price", async (request) => ({ price: 42, query: request.query }), { method: HttpMethod.GET });
await server.invoker.listen("echo", async (request) => ({ echoed: JSON.parse(request.body) }), { method: HttpMethod.POST });

/** A counter whose state the sidecar keeps; timers and reminders add to it. */
class Counter extends AbstractActor {
  async add(number) {
    const sum = (await this.total()) + number;
    await this.getStateManager().setState("total", sum);
    return sum;
  }

  async total() {
    return (await this.getStateManager().getOrAddState("total", 0)) ?? 0;
  }

  async startTimer(number) {
    await this.registerActorTimer("tick", "add", Temporal.Duration.from({ milliseconds: 100 }), undefined, undefined, number);
  }

  async startReminder(number) {
    await this.registerActorReminder("again", Temporal.Duration.from({ milliseconds: 100 }), undefined, undefined, number);
  }

  async receiveReminder(number) {
    await this.add(Number(number));
  }
}
await server.actor.init();
await server.actor.registerActor(Counter);
await server.start();

const counters = new ActorProxyBuilder(Counter, client);
const subscriptions = [];
const configured = [];

serve(
  {
    save: (items) => client.state.save("statestore", items),
    get: async (key) => {
      const value = await client.state.get("statestore", key);
      return value === "" ? null : value;
    },
    getBulk: (keys) => client.state.getBulk("statestore", keys),
    delete: (key) => client.state.delete("statestore", key),
    transaction: (operations) => client.state.transaction("statestore", operations),
    publish: async (topic, event) => {
      const { error } = await client.pubsub.publish("pubsub", topic, event);
      if (error) {
        throw error;
      }
    },
    publishBulk: async (topic, events) => (await client.pubsub.publishBulk("pubsub", topic, events)).failedMessages.length,
    received: (count) => until(() => received.length >= count && received.splice(0)),
    invoke: (appId, path, method, body) => client.invoker.invoke(appId, path, method, body ?? undefined),
    actor: (id, method, ...args) => counters.build(new ActorId(id))[method](...args),
    actorReaches: (id, total) => until(async () => (await counters.build(new ActorId(id)).total()) === total),
    configuration: async (keys) => (await client.configuration.get("configstore", keys)).items,
    subscribeConfiguration: async (keys) => {
      subscriptions.push(await client.configuration.subscribeWithKeys("configstore", keys, async (update) => configured.push(update.items)));
    },
    configured: (key, value) => until(() => configured.some((items) => items[key]?.value === value)),
    lock: async (resource, owner) => (await client.lock.lock("lockstore", resource, owner, 60)).success,
    unlock: async (resource, owner) => (await client.lock.unlock("lockstore", resource, owner)).status,
    metadata: async () => (await client.metadata.get()).id,
  },
  async () => {
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    await client.stop();
    await server.stop();
  },
);
