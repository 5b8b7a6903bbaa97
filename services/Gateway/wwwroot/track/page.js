import { session } from './session.js';
import { Tracking } from './tracking.js';

const element = id => document.getElementById(id);
let tracking;

/** What a Tracking tells, on the page. */
class View {
  #order;
  #parcels = [];

  constructor(order) {
    this.#order = order;
    element('number').textContent = order;
    element('parcels').replaceChildren();
    element('stops').replaceChildren();
    element('none').hidden = false;
    element('tracking').hidden = false;
    this.reached(null);
    this.connection('connecting', 'Connecting');
  }

  connection(state, text) {
    element('connection').dataset.state = state;
    element('connection').textContent = text;
  }

  live(resumed) {
    this.connection('live', resumed ? `Live – resumed after stop ${resumed.seen}` : 'Live');
    if (resumed) {
      element('stops').prepend(make('li', { className: 'note' }, `Connection lost for ${resumed.seconds} s, resumed here`));
    }

    if (this.#parcels.length === 0) {
      this.#describe();
    }
  }

  stopped(move) {
    const parcel = this.#parcels.length > 1 ? ` · parcel ${move.parcelId.split('.').pop()}` : '';
    const item = make('li', { value: move.orderSequence },
      make('time', { dateTime: move.at }, new Date(move.at).toLocaleTimeString()),
      make('strong', {}, nameOf(move.status)),
      make('span', {}, move.place),
      make('small', {}, `${degrees(move.latitude, 'N', 'S')}, ${degrees(move.longitude, 'E', 'W')}${parcel}`));
    element('none').hidden = true;
    element('stops').prepend(item);
  }

  reached(status) {
    const steps = [...element('steps').children];
    const current = steps.findIndex(step => step.dataset.status === status);
    for (const [index, step] of steps.entries()) {
      step.classList.toggle('done', index <= current);
      step.ariaCurrent = index === current ? 'step' : null;
    }
  }

  over(status) {
    this.connection('over', status === 'Delivered' ? 'Delivered' : 'Cancelled: nothing will be sent');
  }

  failed(text) {
    element('tracking').hidden = true;
    complain(text);
  }

  loggedOut() {
    this.connection('waiting', 'Logged out');
    showLogIn();
    complain('Your session has ended: log in again, and the tracking goes on.');
  }

  // Who carries what is nice to know, and no reason to show an error.
  async #describe() {
    const shipment = await session.get(`/api/shipments/${encodeURIComponent(this.#order)}`).catch(() => null);
    this.#parcels = shipment?.parcels ?? [];
    element('parcels').replaceChildren(...this.#parcels.map(parcel => make('li', {},
      make('strong', {}, parcel.carrier), ' ', make('code', {}, parcel.trackingNumber),
      make('span', {}, `${parcel.lines.map(line => `${line.quantity} × ${line.sku}`).join(', ')}, from ${parcel.warehouse} to ${shipment.address.city}`))));
  }
}

function make(tag, properties, ...content) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...content);
  return made;
}

function nameOf(status) {
  return document.querySelector(`#steps [data-status="${status}"]`)?.textContent ?? status;
}

function degrees(value, positive, negative) {
  return `${Math.abs(value).toFixed(2)}° ${value < 0 ? negative : positive}`;
}

function complain(text) {
  element('error').textContent = text.charAt(0).toUpperCase() + text.slice(1);
}

function showLogIn() {
  element('login').hidden = false;
  element('find').hidden = element('user').hidden = true;
  element('email').focus();
}

function track(order) {
  complain('');
  element('order').value = order;
  history.replaceState(null, '', `#${encodeURIComponent(order)}`);
  tracking?.stop();
  tracking = new Tracking(order, new View(order));
  tracking.start();
}

async function showOrders() {
  const { items } = await session.get('/api/orders?limit=5');
  element('recent').hidden = items.length === 0;
  element('orders').replaceChildren(...items.map(order => {
    const total = new Intl.NumberFormat(undefined, { style: 'currency', currency: order.total.currency }).format(order.total.amount);
    const placed = new Date(order.createdAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
    const button = make('button', { type: 'button', className: 'quiet', title: order.id, onclick: () => track(order.id) },
      make('span', {}, placed), make('span', {}, `${order.units} ${order.units === 1 ? 'unit' : 'units'}`), make('strong', {}, total));
    return make('li', {}, button);
  }));
}

/** Does what a form asks for, one thing at a time, and shows what goes wrong. */
function onSubmit(id, act) {
  element(id).addEventListener('submit', async event => {
    event.preventDefault();
    const button = event.target.querySelector('button');
    button.disabled = true;
    complain('');
    try {
      await act();
    } catch (problem) {
      complain(problem.message);
    } finally {
      button.disabled = false;
    }
  });
}

onSubmit('login', async () => {
  await session.logIn(element('email').value, element('password').value);
  element('who').textContent = element('email').value;
  element('password').value = '';
  element('login').hidden = true;
  element('find').hidden = element('user').hidden = false;
  element('order').focus();
  if (tracking) {
    tracking.start();
  } else if (location.hash.length > 1) {
    track(decodeURIComponent(location.hash.slice(1)));
  }

  await showOrders();
});

onSubmit('find', () => track(element('order').value.trim()));

element('logout').addEventListener('click', () => {
  tracking?.stop();
  tracking = null;
  element('tracking').hidden = true;
  complain('');
  showLogIn();
  session.logOut().catch(problem => complain(`You are logged out here only: ${problem.message}`));
});

addEventListener('online', () => tracking?.hurry());
