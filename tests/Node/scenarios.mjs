import { createInterface } from "node:readline";

// One JSON object a line: {id, name, args} comes in, {id, result} or {id, error} goes out. What the SDK logs goes past it.
const reply = (message) => process.stdout.write(`=> ${JSON.stringify(message)}\n`);

/** Serves the scenarios by name until standard input ends; the first answer, id 0, says that the app is ready. */
export function serve(scenarios, stop) {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const { id, name, args } = JSON.parse(line);
    try {
      reply({ id, result: (await scenarios[name](...args)) ?? null });
    } catch (error) {
      reply({ id, error: String(error?.stack ?? error?.message ?? JSON.stringify(error)) });
    }
  });
  lines.on("close", async () => {
    await stop();
    process.exit(0);
  });
  reply({ id: 0, result: null });
}

/** Waits until the condition holds and returns its value. */
export async function until(condition) {
  for (;;) {
    const value = await condition();
    if (value) {
      return value;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
