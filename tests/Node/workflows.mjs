import { DaprWorkflowClient, WorkflowRuntime, WorkflowRuntimeStatus } from "@dapr/dapr";
import { serve } from "./scenarios.mjs";

const sidecar = { daprHost: "127.0.0.1", daprPort: process.env.DAPR_GRPC_PORT };
const runtime = new WorkflowRuntime(sidecar);
const client = new DaprWorkflowClient(sidecar);

runtime
  .registerActivityWithName("double", async (_, number) => number * 2)
  .registerActivityWithName("describe", async (_, order) => ({ ...order, total: order.lines.reduce((sum, line) => sum + line.price, 0) }))
  .registerActivityWithName("decline", async () => {
    throw new Error("card declined");
  })
  .registerWorkflowWithName("steps", async function* (context, order) {
    const described = yield context.callActivity("describe", order);
    context.setCustomStatus(JSON.stringify("described"));
    return described;
  })
  .registerWorkflowWithName("fanOut", async function* (context, count) {
    const tasks = [...Array(count).keys()].map((number) => context.callActivity("double", number));
    const results = yield context.whenAll(tasks);
    return results.reduce((sum, number) => sum + number, 0);
  })
  .registerWorkflowWithName("timer", async function* (context, milliseconds) {
    const start = context.getCurrentUtcDateTime().getTime();
    yield context.createTimer(milliseconds / 1000);
    return context.getCurrentUtcDateTime().getTime() - start;
  })
  .registerWorkflowWithName("approval", async function* (context, seconds) {
    const approved = context.waitForExternalEvent("approved");
    const timeout = context.createTimer(seconds);
    const first = yield context.whenAny([approved, timeout]);
    return first === approved ? approved.getResult() : "too late";
  })
  .registerWorkflowWithName("child", async function* (context, number) {
    return yield context.callActivity("double", number);
  })
  .registerWorkflowWithName("parent", async function* (context, children) {
    // From 1: the SDK loses an input that is falsy, as 0 is.
    const numbers = [...Array(children).keys()].map((n) => n + 1);
    const tasks = numbers.map((n) => context.callChildWorkflow("child", n, `${context.getWorkflowInstanceId()}-${n}`));
    return yield context.whenAll(tasks);
  })
  .registerWorkflowWithName("generations", async function* (context, state) {
    const item = yield context.waitForExternalEvent("item");
    const items = [...state.items, item];
    if (items.length < state.wanted) {
      context.continueAsNew({ ...state, items }, true);
      return null;
    }
    return items;
  })
  .registerWorkflowWithName("compensated", async function* (context) {
    const reserved = yield context.callActivity("double", 21);
    try {
      yield context.callActivity("decline");
    } catch (error) {
      return `released ${reserved}: ${error.message}`;
    }
    return "charged";
  })
  .registerWorkflowWithName("failing", async function* (context) {
    yield context.callActivity("decline");
  })
  .registerWorkflowWithName("forever", async function* (context) {
    yield context.waitForExternalEvent("never");
  });

await runtime.start();

const shown = (state) =>
  state && {
    name: state.name,
    status: WorkflowRuntimeStatus[state.runtimeStatus],
    output: state.serializedOutput ? JSON.parse(state.serializedOutput) : null,
    customStatus: state.customStatus ? JSON.parse(state.customStatus) : null,
    failure: state.workflowFailureDetails?.getErrorMessage() ?? null,
  };

serve(
  {
    start: (name, input, id) => client.scheduleNewWorkflow(name, input, id),
    raise: (id, event, payload) => client.raiseEvent(id, event, payload),
    end: async (id) => shown(await client.waitForWorkflowCompletion(id, true, 60)),
    started: async (id) => shown(await client.waitForWorkflowStart(id, true, 60)),
    state: async (id) => shown(await client.getWorkflowState(id, true)),
    terminate: (id, output) => client.terminateWorkflow(id, output),
    suspend: (id) => client.suspendWorkflow(id),
    resume: (id) => client.resumeWorkflow(id),
    purge: (id) => client.purgeWorkflow(id),
  },
  async () => {
    await client.stop();
    await runtime.stop();
  },
);
