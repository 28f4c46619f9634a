import { BakthatError } from '@bakthat/errors'
import { throwIfAborted } from '@bakthat/storage'
import { JSONParser } from '@streamparser/json'

import type { Connection } from './connection.js'
import { addressOf } from './container.js'
import { outputOf } from './job-output.js'
import type { Job } from './jobs.js'
import type { GlacierOptions } from './options.js'

/** An archive as an inventory has it. */
export interface InventoriedArchive {
  readonly ArchiveId: string
  readonly ArchiveDescription: string
  readonly CreationDate: string
  readonly Size: number
  readonly SHA256TreeHash: string
}

/** Bytes of one request; memory does not depend on how many archives there are. */
const pieceSize = 4 * 1024 ** 2

/** When the inventory that begins so was taken. */
export function dateOf(beginning: string): Date | undefined {
  const [, text] = /"InventoryDate"\s*:\s*"([^"]{1,40})"/.exec(beginning) ?? []
  const date = new Date(text ?? NaN)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** The archives that an inventory tells of, as its bytes come. */
export async function* archivesOf(
  connection: Connection,
  options: GlacierOptions,
  { JobId: jobId, InventorySizeInBytes: size = 0 }: Job,
  signal: AbortSignal | undefined,
): AsyncGenerator<InventoriedArchive> {
  const subject = `the inventory of ${addressOf(connection.vault)}`
  const parser = new ArchiveParser(subject)
  for (let start = 0; start < size; start += pieceSize) {
    const window = { start, end: Math.min(size, start + pieceSize) }
    const { chunks } = await outputOf(connection, options, jobId!, window, signal)
    for (const chunk of chunks) {
      for (const archive of parser.parse(chunk)) {
        throwIfAborted(signal)
        yield archive
      }
    }
  }
  parser.end()
}

class ArchiveParser {
  readonly #subject: string
  readonly #parser = new JSONParser({ paths: ['$.ArchiveList.*'], keepStack: false })
  #found: InventoriedArchive[] = []
  #failure: unknown

  constructor(subject: string) {
    this.#subject = subject
    this.#parser.onValue = ({ value }) => {
      if (isArchive(value)) this.#found.push(value)
      else this.#failure ??= new Error('an archive without its facts')
    }
    this.#parser.onError = (error) => {
      this.#failure ??= error
    }
  }

  parse(chunk: Uint8Array): readonly InventoriedArchive[] {
    this.#parser.write(chunk)
    if (this.#failure !== undefined) throw this.#damaged()
    const found = this.#found
    this.#found = []
    return found
  }

  end(): void {
    if (this.#failure !== undefined || !this.#parser.isEnded) throw this.#damaged()
  }

  #damaged(): BakthatError {
    return new BakthatError('INTEGRITY', `${this.#subject} is damaged`, {
      hint: 'ask for another one: run the same command again',
      cause: this.#failure,
    })
  }
}

function isArchive(value: unknown): value is InventoriedArchive {
  const { ArchiveId, ArchiveDescription, CreationDate, Size, SHA256TreeHash } = value as Record<string, unknown>
  const texts = [ArchiveId, ArchiveDescription, CreationDate, SHA256TreeHash]
  return texts.every((text) => typeof text === 'string') && typeof Size === 'number'
}
