import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { Outbox } from "../outbox.mjs";

let directory;
beforeEach(async () => { directory = await mkdtemp(join(tmpdir(), "outbox-")); });
afterEach(() => rm(directory, { recursive: true }));

const message = (id, more = {}) => ({
  id,
  type: "OrderConfirmed",
  to: { name: "Ann", email: "ann@example.org" },
  subject: "Ihre Bestellung für Zoë",
  text: "Hello Ann,\n\n£12.50 – danke!",
  at: "2026-01-02T03:04:05.000Z",
  ...more,
});

test("a message is written once, however often it comes", async () => {
  const outbox = await Outbox.open(directory);

  assert.deepEqual([await outbox.add(message("m1")), await outbox.add(message("m1"))], [true, false]);
  assert.deepEqual(await readdir(directory), ["m1.eml"]);
});

test("the file is a mail that others can read", async () => {
  const outbox = await Outbox.open(directory);
  await outbox.add(message("m1"));

  const eml = await readFile(join(directory, "m1.eml"), "utf8");
  assert.match(eml, /^To: Ann <ann@example\.org>\r$/m);
  assert.match(eml, /^Date: Fri, 02 Jan 2026 03:04:05 \+0000\r$/m);
  assert.match(eml, /^Subject: =\?UTF-8\?/m);
});

test("what was written is there again after a restart, newest first, by address", async () => {
  const outbox = await Outbox.open(directory);
  await outbox.add(message("old"));
  await outbox.add(message("new", { at: "2026-01-03T00:00:00.000Z" }));
  await outbox.add(message("other", { to: { name: "Bob", email: "bob@example.org" } }));

  const again = await Outbox.open(directory);

  assert.deepEqual(again.list("ANN@example.org", 10).map(({ id }) => id), ["new", "old"]);
  assert.deepEqual(again.find("old"), message("old"));
  assert.equal(await again.add(message("old")), false);
  assert.equal(again.list(undefined, 2).length, 2);
});

test("a file that a kill left half written is no message", async () => {
  await writeFile(join(directory, "m1.eml.tmp"), "To: An");

  const outbox = await Outbox.open(directory);

  assert.deepEqual(outbox.list(undefined, 10), []);
  assert.equal(await outbox.add(message("m1")), true);
});

test("neither an id nor a name leads out of the folder or into the headers", async () => {
  const outbox = await Outbox.open(directory);
  await outbox.add(message("../../evil", { to: { name: "Eve\r\nBcc: all@example.org", email: "eve@example.org" } }));

  const [file, ...more] = await readdir(directory);
  assert.deepEqual(more, []);
  assert.doesNotMatch(await readFile(join(directory, file), "utf8"), /^Bcc:/m);
  assert.equal(outbox.find("../../evil").to.email, "eve@example.org");
});
