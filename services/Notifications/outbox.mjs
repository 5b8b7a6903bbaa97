import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import nodemailer from "nodemailer";
import PostalMime from "postal-mime";

const extension = ".eml";
const from = { name: "DaprShop", address: "shop@daprshop.example" };
const composer = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: "windows" });

/** The messages that were sent: one .eml file each (RFC 5322), named by the message's id, so that one that comes twice is sent once. */
export class Outbox {
  #directory;
  #messages = new Map();

  constructor(directory) {
    this.#directory = directory;
  }

  /** Opens the folder, makes it if it is not there, and reads what it holds. */
  static async open(directory) {
    const outbox = new Outbox(directory instanceof URL ? fileURLToPath(directory) : directory);
    await mkdir(outbox.#directory, { recursive: true });
    for (const file of (await readdir(outbox.#directory)).filter((name) => name.endsWith(extension))) {
      outbox.#remember(await parse(await readFile(join(outbox.#directory, file))));
    }
    return outbox;
  }

  /** Writes the message to disk; false when it was there before. */
  async add(message) {
    if (this.#messages.has(message.id)) {
      return false;
    }
    const { message: eml } = await composer.sendMail({
      from,
      to: { name: message.to.name, address: message.to.email },
      subject: message.subject,
      text: message.text,
      date: new Date(message.at),
      messageId: `<${fileNameOf(message.id)}@daprshop.example>`,
      headers: { "X-DaprShop-Id": message.id, "X-DaprShop-Event": message.type },
    });
    const file = join(this.#directory, fileNameOf(message.id) + extension);
    const handle = await open(`${file}.tmp`, "w");
    try {
      await handle.writeFile(eml);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.tmp`, file);
    this.#remember(await parse(eml));
    return true;
  }

  /** The newest messages first; those to one address only, if one is given. */
  list(to, limit) {
    return [...this.#messages.values()]
      .filter((message) => !to || message.to.email.toLowerCase() === to.toLowerCase())
      .sort((one, other) => other.at.localeCompare(one.at))
      .slice(0, limit);
  }

  find(id) {
    return this.#messages.get(id) ?? null;
  }

  #remember(message) {
    this.#messages.set(message.id, message);
  }
}

// An id is the shop's own, but it has the ids of others in it, and a file name must not lead out of the folder.
const fileNameOf = (id) => (/^[\w-]{1,100}$/.test(id) ? id : createHash("sha256").update(id).digest("hex"));

async function parse(eml) {
  const mail = await PostalMime.parse(eml);
  const header = (name) => mail.headers.find(({ key }) => key === name)?.value;
  return {
    id: header("x-daprshop-id"),
    type: header("x-daprshop-event"),
    to: { name: mail.to[0].name, email: mail.to[0].address },
    subject: mail.subject,
    text: mail.text.trim(),
    at: mail.date,
  };
}
