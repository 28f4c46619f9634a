import { Opening, throwIfAborted, unlessAborted } from '@bakthat/storage'

import type { FailureTranslation } from './failures.js'
import { withFreshCredentials, type Keyed } from './fresh-credentials.js'

/** What the SDK takes along with every request. */
export interface RequestOptions {
  readonly abortSignal?: AbortSignal
}

/** The client of one service, which its first request makes: to load the SDK takes longer than all the rest. */
export class ServiceClient<Client extends Keyed & { readonly destroy: () => void }> {
  readonly #opening: Opening<Client>
  readonly #failures: FailureTranslation

  constructor(make: () => Promise<Client>, failures: FailureTranslation) {
    this.#opening = new Opening(make)
    this.#failures = failures
  }

  /**
   * Makes a request, or a few that fail as one, as {@link withFreshCredentials} does. Its failure is translated, with `subject`
   * as what failed; an aborted signal rejects with `INTERRUPTED` at once.
   */
  async request<T>(
    subject: string,
    signal: AbortSignal | undefined,
    request: (client: Client, options: RequestOptions) => Promise<T>,
  ): Promise<T> {
    throwIfAborted(signal)
    try {
      const client = await this.get()
      const options = signal === undefined ? {} : { abortSignal: signal }
      return await unlessAborted(
        withFreshCredentials(client, this.#failures, () => request(client, options)),
        signal,
      )
    } catch (error) {
      throwIfAborted(signal)
      throw this.#failures.explained(error, subject)
    }
  }

  /** The SDK's own client, for what is no request. */
  get(): Promise<Client> {
    return this.#opening.get()
  }

  close(): Promise<void> {
    return this.#opening.close((client) => client.destroy())
  }
}
