import assert from "node:assert/strict";
import { test } from "node:test";
import { customersById } from "../customers.mjs";
import { messageFor, subscriptions } from "../messages.mjs";

const at = "2026-01-02T03:04:05+00:00";
const ann = { name: "Ann", email: "ann@example.org" };
const find = async (id) => (id === "ann" ? ann : null);

test("a new customer is welcomed at the address of the event", async () => {
  const message = await messageFor("CustomerRegistered", { customerId: "c1", email: "c1@example.org", name: "Cleo", at }, find);

  assert.deepEqual(message.to, { name: "Cleo", email: "c1@example.org" });
  assert.equal(message.id, "welcome-c1");
  assert.match(message.text, /^Hello Cleo/);
});

test("the verification message carries the token, and a new token is a new message", async () => {
  const event = { userId: "u1", email: "u@example.org", name: "Una", token: "s3cret", expiresAt: "2026-01-03T00:00:00Z", at };
  const first = await messageFor("VerificationRequested", event, find);
  const second = await messageFor("VerificationRequested", { ...event, expiresAt: "2026-01-04T00:00:00Z" }, find);

  assert.match(first.text, /s3cret/);
  assert.notEqual(first.id, second.id);
});

test("who placed the order is told of its confirmation with the invoice and the sum", async () => {
  const event = { orderId: "o1", customerId: "ann", invoiceNumber: "INV-7", total: { amount: 19, currency: "GBP" }, at, somethingNew: 1 };
  const message = await messageFor("OrderConfirmed", event, find);

  assert.deepEqual(message.to, ann);
  assert.match(message.text, /Hello Ann[^]*INV-7 over 19\.00 GBP/);
  assert.equal((await messageFor("OrderConfirmed", event, find)).id, message.id);
});

test("each refund of an order is told once with its sum, and only where there is money and somebody to tell", async () => {
  const event = { orderId: "o1", refundId: "cancellation", amount: { amount: 7.5, currency: "GBP" }, customerId: "ann", at };
  const message = await messageFor("PaymentRefunded", event, find);

  assert.deepEqual(message.to, ann);
  assert.match(message.text, /Hello Ann[^]*given back 7\.50 GBP[^]*order o1/);
  assert.equal((await messageFor("PaymentRefunded", event, find)).id, message.id);
  assert.notEqual((await messageFor("PaymentRefunded", { ...event, refundId: "return-1" }, find)).id, message.id);
  assert.equal(await messageFor("PaymentRefunded", { ...event, customerId: undefined }, find), null);
  assert.equal(await messageFor("PaymentRefunded", { ...event, amount: { amount: 0, currency: "GBP" } }, find), null);
});

test("of a parcel's way only what matters is told, and only where the customer is known", async () => {
  const event = { orderId: "o1", customerId: "ann", carrier: "Swift", trackingNumber: "T1", at };

  assert.equal(await messageFor("ShipmentStatusChanged", { ...event, status: "InTransit" }, find), null);
  assert.equal(await messageFor("ShipmentStatusChanged", { ...event, customerId: undefined, status: "Delivered" }, find), null);
  assert.match((await messageFor("ShipmentStatusChanged", { ...event, status: "Delivered" }, find)).subject, /has arrived/);
});

test("a customer who does not exist is told nothing, and one who cannot be looked up is tried again", async () => {
  const event = { orderId: "o1", customerId: "bob", code: "out-of-stock", at };

  assert.equal(await messageFor("OrderCancelled", event, find), null);
  await assert.rejects(messageFor("OrderCancelled", event, async () => { throw new Error("down"); }), /down/);
});

test("every type that is subscribed to has a message", async () => {
  const event = { orderId: "o1", customerId: "ann", userId: "ann", ...ann, total: { amount: 1, currency: "EUR" }, amount: { amount: 1, currency: "EUR" }, status: "Delivered", expiresAt: at, at };
  for (const type of Object.values(subscriptions).flat()) {
    assert.ok(await messageFor(type, event, find), type);
  }
});

test("customers are looked up once, and those who are missing are no failure", async () => {
  let calls = 0;
  const lookUp = customersById(async (path) => {
    calls++;
    if (path !== "customers/ann") {
      throw new Error(JSON.stringify({ error: "…", error_msg: "…", status: 404 }));
    }
    return { ...ann, premium: true };
  });

  assert.deepEqual([await lookUp("ann"), await lookUp("ann"), await lookUp("no/body")], [ann, ann, null]);
  assert.equal(calls, 2);
  await assert.rejects(customersById(async () => { throw new Error("connect ECONNREFUSED"); })("ann"), /ECONNREFUSED/);
});
