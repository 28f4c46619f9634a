import type { CallOptions, Locator, StorageBackend } from './backend.js'

/** `GET` gives the bytes, `HEAD` only what the store says of them. A link never writes. */
export type LinkMethod = 'GET' | 'HEAD'

export interface LinkOptions extends CallOptions {
  /** For how long the link is to work, in seconds. */
  readonly expiresInSeconds: number
  /** What a browser calls the file that it saves. Default: the last component of the blob's name. */
  readonly fileName?: string
  /** The one method that the link is good for. Default `GET`. */
  readonly method?: LinkMethod
}

export interface SignedLink {
  readonly url: string
  /** When it really stops working, which may be sooner than asked for: a signature dies with the credentials that made it. */
  readonly expiresAt: Date
  /** What is not known about that time, where something is not: a sentence without a full stop. */
  readonly notice?: string
}

/** A talent of backends that can let anyone who has a link read one blob. */
export interface SignedLinks {
  /**
   * A link to read the blob with. Rejects with `NOT_FOUND` where there is no such blob, with `COLD` for one that cannot be
   * read now, and with `INVALID_INPUT` for a time or a method that the store does not offer.
   */
  link(locator: Locator, options: LinkOptions): Promise<SignedLink>
}

/** The backend's talent for links; `undefined` where it has none. */
export function signedLinks(backend: StorageBackend | (StorageBackend & SignedLinks)): SignedLinks | undefined {
  return 'link' in backend ? backend : undefined
}
