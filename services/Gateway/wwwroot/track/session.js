/** What went wrong: an HTTP status (0: nobody answered), words for a human, and for how many milliseconds to leave the shop alone. */
class Problem extends Error {
  constructor(status, text, retryAfter = 0) {
    super(text);
    Object.assign(this, { status, retryAfter });
  }

  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

async function send(path, { body, token } = {}) {
  const answer = await fetch(path, {
    method: body ? 'POST' : 'GET',
    headers: { ...body && { 'Content-Type': 'application/json' }, ...token && { Authorization: `Bearer ${token}` } },
    body: body && JSON.stringify(body),
  }).catch(() => { throw new Problem(0, 'the shop cannot be reached'); });
  const content = await answer.json().catch(() => null);
  if (!answer.ok) {
    const faults = Object.entries(content?.errors ?? {}).map(([field, texts]) => `${field} ${texts.join(', ')}`);
    const text = faults.join('; ') || content?.detail || content?.title || `The shop answered ${answer.status}`;
    throw new Problem(answer.status, text, 1_000 * answer.headers.get('Retry-After') || 0);
  }

  return content;
}

/** Who is logged in. The tokens are in this module's memory only: a page that is loaded again asks for the password again. */
class Session {
  #tokens;
  #refreshing;

  get accessToken() {
    return this.#tokens.accessToken;
  }

  async logIn(email, password) {
    this.#tokens = await send('/api/sessions', { body: { email, password } });
  }

  async logOut() {
    await send('/api/sessions/revocation', { body: { refreshToken: this.#tokens.refreshToken } });
  }

  /** Asks the shop, once more with a new access token when the old one has expired. */
  async get(path) {
    try {
      return await send(path, { token: this.accessToken });
    } catch (problem) {
      if (problem.status !== 401) {
        throw problem;
      }
    }

    this.#refreshing ??= this.#refresh();
    await this.#refreshing;
    return send(path, { token: this.accessToken });
  }

  async #refresh() {
    try {
      this.#tokens = await send('/api/sessions/refresh', { body: { refreshToken: this.#tokens.refreshToken } });
    } finally {
      this.#refreshing = null;
    }
  }
}

export const session = new Session();
