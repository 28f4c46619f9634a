import { eq } from 'drizzle-orm'

import type { Access } from './access.js'
import type { AskedListing, Listings, NewListing } from './contract.js'
import { dateOf, secondsOf } from './rows.js'
import { config } from './schema.js'

/** What is kept of a listing: JSON in the documented table `config`. */
interface Kept {
  readonly ticket: string
  readonly askedAt: number
  readonly expectedAt?: number
}

/** Listings that were asked for, by their container. */
export class ListingTable implements Listings {
  readonly #access: Access
  readonly #now: () => Date

  constructor(access: Access, now: () => Date) {
    this.#access = access
    this.#now = now
  }

  remember(container: string, { ticket, expectedAt }: NewListing): void {
    const kept: Kept = {
      ticket,
      askedAt: secondsOf(this.#now()),
      ...(expectedAt !== undefined && { expectedAt: secondsOf(expectedAt) }),
    }
    const row = { key: keyOf(container), value: JSON.stringify(kept) }
    this.#access.write((tx) => tx.insert(config).values(row).onConflictDoUpdate({ target: config.key, set: row }).run())
  }

  of(container: string): AskedListing | undefined {
    const [row] = this.#access.read((db) =>
      db
        .select()
        .from(config)
        .where(eq(config.key, keyOf(container)))
        .all(),
    )
    return row === undefined ? undefined : listing(row.value)
  }
}

function keyOf(container: string): string {
  return `listing of ${container}`
}

/** `undefined` for what is damaged, as for what was never asked: the store is then asked anew. */
function listing(value: string): AskedListing | undefined {
  const { ticket, askedAt, expectedAt } = keptIn(value)
  if (typeof ticket !== 'string' || typeof askedAt !== 'number') return undefined
  return { ticket, askedAt: dateOf(askedAt), ...(typeof expectedAt === 'number' && { expectedAt: dateOf(expectedAt) }) }
}

function keptIn(value: string): Partial<Kept> {
  try {
    return (JSON.parse(value) ?? {}) as Partial<Kept>
  } catch {
    return {}
  }
}
