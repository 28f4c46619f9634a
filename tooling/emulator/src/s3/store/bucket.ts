import type { RetentionMode, Version } from './version.js'
import type { Upload } from './upload.js'

export type Versioning = 'Enabled' | 'Suspended'

export interface LockRule {
  readonly mode: RetentionMode
  readonly days: number
  /** Whether the days were given as years. */
  readonly years: number | undefined
}

/** A bucket and everything in it. */
export class Bucket {
  readonly name: string
  readonly created: Date
  /** Requests for it have to be signed for this one. */
  readonly region: string
  versioning: Versioning | undefined
  /** Whether its objects can be locked, and how they are unless they say otherwise. */
  objectLock: { rule: LockRule | undefined } | undefined
  /** As it was put. */
  lifecycle: string | undefined
  readonly uploads = new Map<string, Upload>()
  /** By key, the newest version first. */
  readonly #versions = new Map<string, Version[]>()
  readonly #deletions = new Map<string, number>()
  #uploadsBegun = 0
  #sorted: readonly string[] | undefined

  constructor(name: string, created: Date, region: string) {
    this.name = name
    this.created = created
    this.region = region
  }

  get isEmpty(): boolean {
    return this.#versions.size === 0
  }

  /** In the order of their UTF-8. */
  get keys(): readonly string[] {
    this.#sorted ??= [...this.#versions.keys()].sort(compareKeys)
    return this.#sorted
  }

  /** All versions of a key, the newest first. */
  versions(key: string): readonly Version[] {
    return this.#versions.get(key) ?? []
  }

  current(key: string): Version | undefined {
    return this.#versions.get(key)?.[0]
  }

  /** The id that a version stored now gets. */
  newVersionId(make: () => string): string {
    return this.versioning === 'Enabled' ? make() : 'null'
  }

  /** Ids of later uploads sort after those of earlier ones. */
  newUploadId(make: () => string): string {
    return `${String(this.#uploadsBegun++).padStart(8, '0')}${make().replaceAll('-', '')}`
  }

  /** How often what was current under a key was deleted: a write that began before a deletion conflicts with it. */
  deletions(key: string): number {
    return this.#deletions.get(key) ?? 0
  }

  /** Counts a deletion. */
  deleted(key: string): void {
    this.#deletions.set(key, this.deletions(key) + 1)
  }

  /** Puts a version before all others of its key; one of the same id, which is `null`, gives way to it. */
  add(version: Version): void {
    this.remove(version.key, version.versionId)
    const versions = this.#versions.get(version.key)
    if (versions !== undefined) versions.unshift(version)
    else {
      this.#versions.set(version.key, [version])
      this.#sorted = undefined
    }
  }

  /** Removes a version for good. Answers with what was there. */
  remove(key: string, versionId: string): Version | undefined {
    const versions = this.#versions.get(key)
    const index = versions?.findIndex((version) => version.versionId === versionId) ?? -1
    if (versions === undefined || index === -1) return undefined
    const [removed] = versions.splice(index, 1)
    if (versions.length === 0) {
      this.#versions.delete(key)
      this.#sorted = undefined
    }
    if (removed?.isMarker === false) removed.content.release()
    return removed
  }
}

export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
