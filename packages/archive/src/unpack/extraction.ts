import { escapePath } from '../paths/escape-path.js'
import { AccessPaths } from './access-paths.js'
import { Choice } from './choice.js'
import { ChosenEntries } from './chosen-entries.js'
import type { ExtractLimits, ExtractSummary } from './contract.js'
import { EntryMaker } from './entry-maker.js'
import { translateRestoreError } from './file-errors.js'
import { discardStaging, Placement, removeStaging, type Replacing, type StagingPlace } from './staging.js'
import { TarReader } from './tar-reader.js'
import { WarningList } from '../warnings/warning-list.js'

/** What another thread can be told. */
export interface ExtractionSettings extends Replacing {
  readonly staging: StagingPlace
  readonly keepSpecialModes: boolean
  readonly keepOwner: boolean
  readonly special: boolean
  readonly sparse: boolean
  readonly limits: ExtractLimits
}

/** How far it is. */
export interface ExtractionState {
  readonly files: number
  readonly bytesWritten: number
  /** The path last begun, a byte string. */
  readonly current: string
  /** Whether all is made, and the disk is waited for. */
  readonly isFlushing?: true
}

/**
 * Makes what an archive holds in the staging directory, as its bytes come, and puts it into place at the end. Synchronous;
 * after an error nothing is left of it.
 */
export class Extraction {
  readonly #staging: StagingPlace
  readonly #warnings = new WarningList()
  readonly #placement: Placement
  readonly #maker: EntryMaker
  readonly #choice: Choice | undefined
  readonly #reader: TarReader

  constructor(settings: ExtractionSettings) {
    const { staging } = settings
    this.#staging = staging
    const options = {
      ...settings,
      root: `${staging.path}/new`,
      temporary: `${staging.path}/node`,
      checkFree: (topLevel: string) => this.#placement.checkFree(topLevel),
    }
    try {
      this.#choice = settings.only && new Choice(settings.only)
      this.#placement = new Placement(staging, settings)
      this.#maker = new EntryMaker(options, this.#warnings)
    } catch (error) {
      discardStaging(staging)
      throw translateRestoreError(error, escapePath(staging.target))
    }
    this.#reader = new TarReader(this.#choice ? new ChosenEntries(this.#maker, this.#choice) : this.#maker)
  }

  /** Takes the next bytes of tar. */
  write(bytes: Uint8Array): ExtractionState {
    this.#undoing(() => this.#reader.write(bytes))
    return this.#maker.progress
  }

  /**
   * Says that there is no more, and finishes what is staged; gives the number of entries. `hasTrailer` tells whether something
   * followed the compressed data.
   */
  finish(hasTrailer: boolean): number {
    this.#undoing(() => {
      this.#reader.end()
      this.#choice?.throwIfMissing()
      if (hasTrailer || this.#reader.hasTrailer) this.#tellTrailer()
      this.#maker.finish()
    })
    return this.#maker.progress.entries
  }

  /** Puts everything into place, once it is finished and durable. */
  commit(): ExtractSummary {
    const topLevel = this.#undoing(() => this.#place())
    removeStaging(this.#staging, this.#warnings)
    const { entries, files, bytesWritten } = this.#maker.progress
    return { entries, files, bytesWritten, topLevel: topLevel.map(escapePath), warnings: this.#warnings.all() }
  }

  /** Removes what was made. */
  discard(): void {
    this.#maker.close()
    discardStaging(this.#staging)
  }

  /** Another archive, or garbage: nobody knows what was meant. */
  #tellTrailer(): void {
    this.#warnings.add('skipped', '', 'what follows the end of the archive was not read', true)
  }

  #place(): string[] {
    const { target, targetExists } = this.#staging
    const topLevel = this.#placement.place()
    const placed = new AccessPaths(target)
    try {
      this.#maker.finishTopLevel(placed, !targetExists)
    } catch (error) {
      this.#placement.takeBack()
      throw error
    } finally {
      placed.close()
    }
    return topLevel
  }

  #undoing<Result>(act: () => Result): Result {
    try {
      return act()
    } catch (error) {
      this.discard()
      throw translateRestoreError(error, escapePath(this.#staging.target))
    }
  }
}
