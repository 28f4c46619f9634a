import type { BackupEntry } from 'bakthat'
import { answer, type Outcome } from '../outcome.js'
import { modifiedAt } from '../print/entry-lines.js'
import { jsonList } from '../print/json-text.js'

/** What is in a backup, for programs: all of it, once all of it was read. */
export async function contentsOutcome(entries: AsyncIterable<BackupEntry>): Promise<Outcome> {
  const document = await jsonList(documentsOf(entries))
  return { document: () => document, text: () => answer('') }
}

async function* documentsOf(entries: AsyncIterable<BackupEntry>): AsyncGenerator<object> {
  for await (const entry of entries) yield entryDocument(entry)
}

/** One entry of a backup, for JSON. */
export function entryDocument({ path, type, size, mode, mtimeNs, linkTarget }: BackupEntry): object {
  return {
    path,
    type,
    size,
    mode: mode.toString(8).padStart(4, '0'),
    modified: modifiedAt(mtimeNs)?.toISOString(),
    link_target: linkTarget,
  }
}
