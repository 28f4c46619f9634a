import { WorkerPool } from '../workers/worker-pool.js'
import { closeRead } from './close-read.js'
import { FrameFiller } from './frame-filler.js'
import { redirectLinks, type FramePlanner, type PlannedFrame } from './frame-planner.js'
import type { FilledFrame, FillSettings, FramePlan, RawWarning } from './plan.js'

/** Frames beyond those that the workers are at: they go on while the main thread loads the client of a store. */
const spare = 5

/** Directories kept open beyond which no frame is planned ahead. */
const mostHeld = 256

/** A frame that is being filled, or waits for its turn. */
interface Filling {
  readonly planned: PlannedFrame
  readonly warnings: readonly RawWarning[]
  readonly release: readonly number[]
  result: Promise<FilledFrame>
}

/** A frame in its place, with the warnings of its planning and filling. */
export interface FinishedFrame {
  readonly filled: FilledFrame
  readonly warnings: readonly RawWarning[]
  readonly bytesFound: number
  readonly last: boolean
}

/** What happened on the side while the next frame was planned. Emptied with each frame. */
export interface SideEffects {
  readonly warnings: RawWarning[]
  /** Directories that may be closed once the frame is filled. */
  readonly released: number[]
}

/**
 * Keeps the workers busy and hands frames over in order. The frames planned ahead are bounded, so memory is, and so a slow
 * reader slows the walk down.
 */
export class FrameQueue {
  readonly #planner: FramePlanner
  readonly #plans: Iterator<PlannedFrame>
  readonly #sideEffects: SideEffects
  readonly #settings: FillSettings
  readonly #pool: WorkerPool<FramePlan, FilledFrame>
  readonly #ahead: number
  readonly #filling: Filling[] = []

  constructor(planner: FramePlanner, sideEffects: SideEffects, settings: FillSettings, workers: number) {
    this.#planner = planner
    this.#plans = planner.frames()
    this.#sideEffects = sideEffects
    this.#settings = settings
    this.#ahead = 2 * workers + spare
    this.#pool = new WorkerPool(new URL('./pack-worker.js', import.meta.url), { size: workers, data: settings })
  }

  /** The next frame, or `undefined` after the last one. */
  async next(): Promise<FinishedFrame | undefined> {
    this.#planAhead()
    const frame = this.#filling[0]
    if (frame === undefined) return undefined
    const filled = await frame.result
    this.#filling.shift()
    this.#redirect(filled.moved)
    const { plan, finished, bytesFound } = frame.planned
    const changed = finished === undefined ? undefined : this.#planner.finish(finished)
    for (const descriptor of frame.release) closeRead(descriptor)
    return {
      filled,
      warnings: [...frame.warnings, ...filled.warnings, ...(changed === undefined ? [] : [changed])].sort(byPath),
      bytesFound,
      last: plan.kind === 'entries' && plan.last,
    }
  }

  /** Stops the workers, whatever they do, and closes what is open. */
  async close(): Promise<void> {
    await this.#pool.close()
    this.#planner.close()
    const held = [...this.#filling.splice(0).flatMap(({ release }) => release), ...this.#sideEffects.released.splice(0)]
    for (const descriptor of held) closeRead(descriptor)
  }

  get #held(): number {
    return this.#filling.reduce((sum, { release }) => sum + release.length, 0)
  }

  #planAhead(): void {
    while (this.#filling.length < this.#ahead && (this.#filling.length === 0 || this.#held < mostHeld)) {
      const next = this.#plans.next()
      if (next.done === true) return
      const planned = next.value
      const warnings = this.#sideEffects.warnings.splice(0)
      const release = this.#sideEffects.released.splice(0)
      this.#filling.push({ planned, warnings, release, result: this.#fill(planned.plan) })
    }
  }

  /** A tree that fits into one frame is not worth starting a thread, but foreign code runs in one. */
  #fill(plan: FramePlan): Promise<FilledFrame> {
    const isOnly = plan.kind === 'entries' && plan.last && this.#filling.length === 0 && !this.#pool.isRunning
    const alone = isOnly && this.#settings.compression.module === undefined
    const result = alone
      ? new Promise<FilledFrame>((resolve) => {
          resolve(new FrameFiller(this.#settings).fill(plan))
        })
      : this.#pool.run(plan)
    // Whoever waits for the frame gets the error; until then it must not count as unhandled.
    result.catch(() => undefined)
    return result
  }

  /** Corrects the frames ahead whose hard links point to files that did not make it into the archive, and fills each once more. */
  #redirect(moved: FilledFrame['moved']): void {
    if (moved.size === 0) return
    const targets = new Map(moved)
    for (const frame of this.#filling) {
      const { plan } = frame.planned
      if (plan.kind !== 'entries') continue
      const redirected = redirectLinks(plan, targets)
      if (redirected === plan) continue
      frame.planned.plan = redirected
      frame.result = this.#fill(redirected)
    }
    this.#planner.hardLinks.move(targets)
  }
}

/** The order of the walk: byte order in each directory. */
function byPath(a: RawWarning, b: RawWarning): number {
  return a.path.replaceAll('/', '\0') < b.path.replaceAll('/', '\0') ? -1 : 1
}
