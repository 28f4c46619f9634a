import type { Difference, DiffResult } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { entryOf } from '../print/difference-lines.js'
import { jsonList, JsonText } from '../print/json-text.js'
import { formatCount } from '../print/quantities.js'
import { entryDocument } from './contents.js'

/** How two backups differ, for programs: all of it, once all of it was read. */
export async function diffDocument({ before, after, differences }: DiffResult): Promise<Outcome> {
  const list = await jsonList(documentsOf(differences))
  const compared = JSON.stringify({ before: before.storedFilename, after: after.storedFilename }, undefined, 2)
  const beginning = `${compared.slice(0, -2)},\n  "differences": `
  const document = new JsonText([Buffer.from(beginning), ...list.pieces, Buffer.from('}\n')])
  return { document: () => document, text: () => answer('') }
}

async function* documentsOf(differences: AsyncIterable<Difference>): AsyncGenerator<object> {
  for await (const difference of differences) {
    const { change, before, after } = { before: undefined, after: undefined, ...difference }
    const { path } = entryOf(difference)
    yield { change, path, before: before && entryDocument(before), after: after && entryDocument(after) }
  }
}

/** Counts of what was told, by what became of it. */
export type DiffCounts = Readonly<Record<Difference['change'], number>>

/** What people are told after the list. */
export function diffOutcome({ before, after }: DiffResult, counts: DiffCounts): Outcome {
  const kinds = (['added', 'changed', 'removed'] as const).filter((change) => counts[change] > 0)
  const told = kinds.map((change) => `${formatCount(counts[change])} ${change}`).join(', ') || 'nothing changed'
  return {
    document: () => ({}),
    text: () => answer('', [`${told}: ${after.storedFilename} compared with ${before.storedFilename}`]),
  }
}
