import { failing } from './cases/failing.js'
import { listing } from './cases/listing.js'
import { naming } from './cases/naming.js'
import { removing } from './cases/removing.js'
import { reopening } from './cases/reopening.js'
import { retrieving } from './cases/retrieving.js'
import { storing } from './cases/storing.js'
import { talents } from './cases/talents.js'
import { telling } from './cases/telling.js'
import type { Case } from './cases.js'
import type { Runner, Subject } from './subject.js'
import { Trial } from './trial.js'

/** The sentences of the contract, by what they are about. */
export const groups: Readonly<Record<string, readonly Case[]>> = {
  storing: [...storing, ...telling],
  'failing to store': failing,
  naming,
  retrieving,
  removing,
  listing,
  talents,
  'opening and closing': reopening,
}

/**
 * Holds a storage backend to its contract: one test for every sentence of it, each on an empty container of its own.
 * Nothing can be switched off. What differs between stores is declared in `capabilities`, and then asserted.
 *
 * @example
 * ```ts
 * import { describe, it } from 'node:test'
 * import { describeStorageBackend, memoryBackend } from '@bakthat/storage-testing'
 *
 * describeStorageBackend('memory', { describe, it }, {
 *   async create() {
 *     const backend = memoryBackend()
 *     return { backend, reopen: async () => backend.reopen(), leftovers: async () => [], dispose: () => backend.close() }
 *   },
 * })
 * ```
 */
export function describeStorageBackend(name: string, runner: Runner, subject: Subject): void {
  runner.describe(`${name} keeps the storage contract`, () => {
    for (const [group, cases] of Object.entries(groups)) {
      runner.describe(group, () => {
        for (const one of cases) runner.it(one.title, () => judge(one, subject))
      })
    }
  })
}

/** Tries one sentence in a container of its own, and throws what is wrong. */
export async function judge(one: Case, subject: Subject): Promise<void> {
  const fixture = await subject.create()
  try {
    await one.run(new Trial(fixture, subject.patienceSeconds ?? 10))
  } finally {
    await fixture.dispose()
  }
}
