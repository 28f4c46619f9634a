import { randomUUID } from 'node:crypto'
import { isBakthatError } from '@bakthat/errors'
import { diagnosis, single, type CallOptions, type Finding, type StorageBackend } from '@bakthat/storage'
import { missingDirectories, removeEmpty } from './trial-directories.js'

/**
 * What a backend can find out about its store; of one without that talent, whether a few bytes can be stored and removed. Leaves
 * nothing that was not there before.
 */
export async function tryOut(backend: StorageBackend, options: CallOptions): Promise<readonly Finding[]> {
  const missing = await missingDirectories(backend)
  try {
    return await findingsOf(backend, options)
  } finally {
    await removeEmpty(missing)
  }
}

async function findingsOf(backend: StorageBackend, options: CallOptions): Promise<readonly Finding[]> {
  const scratch = `bakthat-trial-${randomUUID()}`
  const talent = diagnosis(backend)
  if (talent === undefined) return [await storing(backend, scratch, options)]
  const findings: Finding[] = []
  for await (const finding of talent.diagnose({ scratch: `${scratch}/`, ...options })) findings.push(finding)
  return findings
}

async function storing(backend: StorageBackend, name: string, options: CallOptions): Promise<Finding> {
  try {
    const { locator } = await backend.put(name, single(Buffer.from('bakthat')), { ...options, purpose: 'metadata' })
    await backend.remove(locator, options)
    return { subject: 'storing', verdict: 'good', found: 'works', consequence: `backups go to ${backend.container}` }
  } catch (error) {
    if (!isBakthatError(error) || error.code === 'INTERRUPTED') throw error
    const consequence = error.hint ?? 'nothing can be stored'
    return { subject: 'storing', verdict: 'problem', found: error.message, consequence }
  }
}
