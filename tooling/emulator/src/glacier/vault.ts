import { createHash } from 'node:crypto'

import { day } from '../clock.js'
import { treeHash } from './tree-hash.js'
import type { Job } from './jobs.js'
import type { Upload } from './uploads.js'

/** An archive, or what is remembered of one that was deleted. */
export interface Archive {
  readonly id: string
  readonly description: string
  /** Empty once it was deleted. */
  content: Buffer
  readonly size: number
  readonly treeHash: string
  readonly createdAt: Date
  deletedAt?: Date
}

/** The vault as it was at a moment of the past. */
export interface Inventory {
  readonly takenAt: Date
  /** How often something had been written by then. */
  readonly writes: number
  readonly archives: readonly Archive[]
}

/** One vault. Its inventory is taken a day after the first write and daily from then on, where something has changed. */
export class Vault {
  readonly name: string
  readonly createdAt: Date
  readonly region: string
  readonly archives = new Map<string, Archive>()
  readonly uploads = new Map<string, Upload>()
  readonly jobs = new Map<string, Job>()
  /** What completed uploads became: the same request again is answered the same. */
  readonly completed = new Map<string, Archive>()
  /** Days that the vault's lock keeps every archive. */
  lockedDays = 0
  #inventory: Inventory | undefined
  #writes = 0
  #made = 0

  constructor(name: string, createdAt: Date, region: string) {
    this.name = name
    this.createdAt = createdAt
    this.region = region
  }

  get arn(): string {
    return arnOf(this.region, this.name)
  }

  /** A name that no other thing of the vault has. Some begin with a dash, as Glacier's do. */
  newId(kind: string): string {
    const seed = `${kind} ${++this.#made} of ${this.name}`
    const text = ['a', 'b']
      .map((half) =>
        createHash('sha512')
          .update(seed + half)
          .digest('base64url'),
      )
      .join('')
    return `${this.#made % 4 === 1 ? '-' : ''}${text}`.slice(0, kind === 'archive' ? 138 : 92)
  }

  /** Those that are there now. */
  get stored(): readonly Archive[] {
    return [...this.archives.values()].filter(({ deletedAt }) => deletedAt === undefined)
  }

  find(id: string): Archive | undefined {
    const archive = this.archives.get(id)
    return archive?.deletedAt === undefined ? archive : undefined
  }

  add(content: Buffer, description: string, now: Date): Archive {
    this.inventoryAt(now)
    const archive = {
      id: this.newId('archive'),
      description,
      content,
      size: content.length,
      treeHash: treeHash(content).toString('hex'),
      createdAt: now,
    }
    this.archives.set(archive.id, archive)
    this.#writes++
    return archive
  }

  delete(id: string, now: Date): void {
    this.inventoryAt(now)
    const archive = this.find(id)
    if (archive === undefined) return
    archive.deletedAt = now
    archive.content = Buffer.alloc(0)
    this.#writes++
    for (const job of this.jobs.values())
      if (job.archive === archive && job.completesAt > now) job.failure = 'The archive was deleted.'
  }

  /** The last inventory that was taken by then; `undefined` before the first. */
  inventoryAt(now: Date): Inventory | undefined {
    const first = [...this.archives.values()][0]?.createdAt
    const days = first === undefined ? 0 : Math.floor((now.getTime() - first.getTime()) / day)
    const due = first === undefined ? undefined : new Date(first.getTime() + days * day)
    if (days > 0 && due !== undefined && (this.#inventory === undefined || this.#inventory.takenAt < due))
      this.takeInventory(due)
    return this.#inventory
  }

  /** Takes the day's inventory, if there is anything to say that the last one does not. */
  takeInventory(moment: Date): void {
    if (this.#inventory !== undefined && !this.hasChangedSince(this.#inventory)) return
    const was = ({ createdAt, deletedAt }: Archive): boolean =>
      createdAt <= moment && (deletedAt === undefined || deletedAt > moment)
    this.#inventory = { takenAt: moment, writes: this.#writes, archives: [...this.archives.values()].filter(was) }
  }

  /** Whether anything was written since the last inventory. */
  hasChangedSince({ writes }: Inventory): boolean {
    return this.#writes !== writes
  }
}

/** How a vault is named, whether or not there is one. */
export function arnOf(region: string, vault: string): string {
  return `arn:aws:glacier:${region}:111122223333:vaults/${vault}`
}
