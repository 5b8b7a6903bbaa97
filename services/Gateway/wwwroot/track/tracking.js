import { session } from './session.js';

const longestPause = 8_000;
const longestSilence = 15_000; // three heartbeats

/**
 * Follows one order over a WebSocket until its parcels have arrived. When the connection breaks it goes on after the last stop that it
 * saw. What it sees it tells the listener: connection, live, stopped, reached, over, failed, loggedOut.
 */
export class Tracking {
  #order;
  #listener;
  #socket;
  #timer;
  #seen = 0;
  #attempts = 0;
  #isLive = false;
  #lostAt;

  constructor(order, listener) {
    this.#order = encodeURIComponent(order);
    this.#listener = listener;
  }

  start() {
    this.stop();
    const address = new URL(`/api/tracking/${this.#order}`, location);
    address.protocol = address.protocol.replace('http', 'ws');
    address.search = new URLSearchParams({ after: this.#seen, access_token: session.accessToken });
    const socket = this.#socket = new WebSocket(address);
    const whileCurrent = handle => event => socket === this.#socket && handle(event);
    let isOpen = false;
    socket.onopen = whileCurrent(() => { isOpen = true; });
    socket.onmessage = whileCurrent(event => this.#take(JSON.parse(event.data)));
    socket.onclose = whileCurrent(() => isOpen ? this.#lose() : this.#askWhy());
    this.#watch();
  }

  stop() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = this.#timer = null;
    socket?.close();
  }

  /** The network is back: no need to wait. */
  hurry() {
    if (this.#timer && !this.#socket) {
      this.start();
    }
  }

  // A connection that ends without a word is noticed by its silence.
  #watch() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lose(), longestSilence);
  }

  #take(message) {
    this.#watch();
    if (!this.#isLive) {
      this.#listener.live(this.#lostAt && { seen: this.#seen, seconds: Math.ceil((Date.now() - this.#lostAt) / 1_000) });
      this.#isLive = true;
      this.#attempts = 0;
      this.#lostAt = null;
    }

    for (const move of (message.moves ?? []).filter(move => move.orderSequence > this.#seen)) {
      this.#seen = move.orderSequence;
      this.#listener.stopped(move);
    }

    if (message.status) {
      this.#listener.reached(message.status);
      if (message.status === 'Delivered' || message.status === 'Cancelled') {
        this.stop();
        this.#listener.over(message.status);
      }
    }
  }

  #lose(reason = 'the connection broke', pause = 0) {
    if (this.#isLive) {
      this.#isLive = false;
      this.#lostAt = Date.now();
    }

    this.#startLater('reconnecting', `Reconnecting – ${reason}`, pause);
  }

  // Each time after a longer pause, and not all clients of a server that restarts at once.
  #startLater(state, reason, pause = 0) {
    this.stop();
    const patience = Math.min(longestPause, 500 * 2 ** this.#attempts++) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => this.start(), Math.max(pause, patience));
    this.#listener.connection(state, reason);
  }

  // A browser does not tell why a WebSocket was refused. The same address asked without one does.
  async #askWhy() {
    const socket = this.#socket;
    const next = await this.#nextAfter(`/api/tracking/${this.#order}?after=${this.#seen}`, () => this.#nextWithoutShipment());
    if (socket === this.#socket) {
      next();
    }
  }

  // An order that was placed just now has no parcel yet.
  #nextWithoutShipment() {
    return this.#nextAfter(
      `/api/orders/${this.#order}`,
      () => () => this.#fail('You have no order with this number'),
      order => order.status === 'Cancelled'
        ? () => this.#fail(`The order was cancelled: ${order.cancellation?.detail ?? 'nothing will be sent'}`)
        : () => this.#startLater('waiting', 'The order is being prepared'));
  }

  async #nextAfter(path, notFound, found = () => () => this.#lose()) {
    try {
      return found(await session.get(path));
    } catch (problem) {
      return problem.status === 404 ? notFound()
        : problem.mayPass ? () => this.#lose(problem.message, problem.retryAfter)
        : problem.status === 401 ? () => this.#pauseUntilLogIn()
        : () => this.#fail(problem.message);
    }
  }

  #pauseUntilLogIn() {
    this.stop();
    this.#listener.loggedOut();
  }

  #fail(text) {
    this.stop();
    this.#listener.failed(text);
  }
}
