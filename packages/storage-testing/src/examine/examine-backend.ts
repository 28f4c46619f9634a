import { leftovers, throwIfAborted, type CallOptions, type StorageBackend } from '@bakthat/storage'

import { groups, judge } from '../suite/describe-storage-backend.js'
import type { Fixture } from '../suite/subject.js'
import { prefixedBackend } from './prefixed-backend.js'

export interface ExamineOptions extends CallOptions {
  /** A prefix of blob names, such as `doctor-…/`, that nothing else uses: everything written lies under it. */
  readonly scratch: string
}

/** One sentence of the contract, and why it was found to be broken, if it was. */
export interface Examined {
  readonly group: string
  readonly title: string
  readonly problem?: string
}

/**
 * Holds a backend that is in use to those sentences of the contract that can be tried among somebody's blobs: without
 * uploads that are broken off, which some servers keep, and without names that leave no room for the prefix. Some hundred
 * small blobs are written, under the scratch prefix only, and removed again. Needs no test runner; for stores that retrieve
 * and list at once. `INTERRUPTED` between two sentences.
 */
export async function* examineBackend(backend: StorageBackend, options: ExamineOptions): AsyncIterable<Examined> {
  let turn = 0
  for (const [group, cases] of Object.entries(groups)) {
    if (unsafeGroups.includes(group)) continue
    for (const one of cases) {
      if (one.title.includes('900 bytes')) continue
      throwIfAborted(options.signal)
      const create = (): Promise<Fixture> => Promise.resolve(fixture(backend, `${options.scratch}${++turn}/`))
      const problem = await problemOf(judge(one, { create }))
      yield { group, title: one.title, ...(problem !== undefined && { problem }) }
    }
  }
}

const unsafeGroups: readonly string[] = ['failing to store', 'talents']

function fixture(inner: StorageBackend, prefix: string): Fixture {
  const backend = prefixedBackend(inner, prefix)
  return {
    backend,
    reopen: () => Promise.resolve(prefixedBackend(inner, prefix)),
    leftovers: () => unfinishedBelow(inner, prefix),
    dispose: async () => {
      const listed = await backend.list()
      if (listed.state === 'pending') return
      for await (const { locator } of listed.value) await backend.remove(locator)
    },
  }
}

async function unfinishedBelow(inner: StorageBackend, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of leftovers(inner)?.leftovers() ?? []) if (name.startsWith(prefix)) names.push(name)
  return names
}

/** What the user is told: an assertion's first line says what was wrong, what follows is for programmers. */
async function problemOf(trial: Promise<void>): Promise<string | undefined> {
  try {
    await trial
    return undefined
  } catch (error) {
    const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
    return String(message).split('\n')[0]
  }
}
