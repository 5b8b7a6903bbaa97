// From an event to the message about it: pure, but for the look-up of the customer that is handed in.

/** The types of events that customers are told of, by topic. */
export const subscriptions = {
  identity: ["VerificationRequested"],
  customers: ["CustomerRegistered"],
  orders: ["OrderConfirmed", "OrderCancelled"],
  payments: ["PaymentRefunded"],
  shipping: ["ShipmentStatusChanged"],
};

const told = {
  OutForDelivery: ["is out for delivery", "It will be with you today."],
  Delivered: ["has arrived", "We hope you like it. You can send it back within 30 days."],
};

const money = ({ amount, currency }) => `${Number(amount).toFixed(2)} ${currency}`;

const templates = {
  VerificationRequested: ({ email, name, token, expiresAt, userId }) => ({
    id: `verification-${userId}-${Date.parse(expiresAt)}`,
    to: { name, email },
    subject: "Confirm your e-mail address",
    text: `Hello ${name},\n\nthis token confirms that the address is yours:\n\n${token}\n\nIt is valid until ${expiresAt}.`,
  }),
  CustomerRegistered: ({ customerId, email, name }) => ({
    id: `welcome-${customerId}`,
    to: { name, email },
    subject: "Welcome to DaprShop",
    text: `Hello ${name},\n\nyour account is ready. Enjoy the shop!`,
  }),
  OrderConfirmed: ({ orderId, customerId, invoiceNumber, total }) => ({
    id: `confirmed-${orderId}`,
    customerId,
    subject: `Your order ${orderId} is confirmed`,
    text: `Invoice ${invoiceNumber} over ${money(total)} has been paid. Your parcel leaves soon.`,
  }),
  OrderCancelled: ({ orderId, customerId, code }) => ({
    id: `cancelled-${orderId}`,
    customerId,
    subject: `Your order ${orderId} was cancelled`,
    text: `The reason is: ${code}. What you paid for it has been given back.`,
  }),
  PaymentRefunded: ({ orderId, customerId, refundId, amount }) =>
    customerId && Number(amount.amount) > 0 && {
      id: `refunded-${orderId}-${refundId}`,
      customerId,
      subject: `Your money for order ${orderId}`,
      text: `We have given back ${money(amount)} that you paid for your order ${orderId}.`,
    },
  ShipmentStatusChanged: ({ orderId, customerId, status, carrier, trackingNumber }) =>
    customerId && told[status] && {
      id: `${status.toLowerCase()}-${orderId}`,
      customerId,
      subject: `Your order ${orderId} ${told[status][0]}`,
      text: `${carrier}, ${trackingNumber}. ${told[status][1]}`,
    },
};

/**
 * The message about an event: `{ id, type, to: { name, email }, subject, text, at }`, with the same id however often the event comes. Null
 * when nobody is to be told. `findCustomer(id)` resolves to `{ name, email }`, or to null where there is none; what it throws is thrown on.
 */
export async function messageFor(type, data, findCustomer) {
  const { customerId, ...message } = templates[type](data) || {};
  if (!message.id) {
    return null;
  }
  const to = message.to ?? (await findCustomer(customerId));
  return to ? { ...message, type, to, text: message.to ? message.text : `Hello ${to.name},\n\n${message.text}`, at: data.at } : null;
}
