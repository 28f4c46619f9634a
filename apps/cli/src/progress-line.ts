import type { Progress } from 'bakthat'
import type { Host } from './host.js'
import { formatClock, formatFiles } from './print/quantities.js'
import { displayWidth, showControls, truncateMiddle } from './print/width.js'
import { formatSize } from './size.js'

const silentForMs = 1000
const betweenDrawingsMs = 100
const rateWindowMs = 5000
const eraseLine = '\r\x1b[K'

/** One line at the bottom of a terminal that tells how far a long action is; nothing where there is no terminal. */
export class ProgressLine {
  readonly #host: Host
  readonly #isShown: boolean
  readonly #startedAt: number
  readonly #rate = new Rate()
  #drawnAt = -Infinity
  #isDrawn = false

  constructor(host: Host, quiet: boolean) {
    this.#host = host
    this.#isShown = !quiet && host.stderr.isTTY === true && host.env.TERM !== 'dumb'
    this.#startedAt = host.now()
  }

  /** Redraws the line, at most ten times a second, and not in the first second. */
  update(progress: Progress): void {
    if (!this.#isShown) return
    const now = this.#host.now()
    this.#rate.add(now, progress.bytes)
    if (now - this.#startedAt < silentForMs || now - this.#drawnAt < betweenDrawingsMs) return
    this.#drawnAt = now
    this.#isDrawn = true
    const columns = this.#host.stderr.columns ?? 80
    this.#host.stderr.write(eraseLine + formatProgress(progress, this.#rate.perSecond(), columns - 1))
  }

  /** Takes the line away, so that something else can be written. */
  erase(): void {
    if (this.#isDrawn) this.#host.stderr.write(eraseLine)
    this.#isDrawn = false
  }
}

/** Bytes per second over the last seconds. */
class Rate {
  #samples: { readonly at: number; readonly bytes: number }[] = []

  add(at: number, bytes: number): void {
    const last = this.#samples.at(-1)
    if (last !== undefined && bytes < last.bytes) this.#samples = []
    if (last === undefined || at - last.at >= betweenDrawingsMs || this.#samples.length === 0)
      this.#samples.push({ at, bytes })
    while (this.#samples.length > 2 && at - this.#samples[0]!.at > rateWindowMs) this.#samples.shift()
  }

  perSecond(): number {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (first === undefined || last === undefined || last.at === first.at) return 0
    return ((last.bytes - first.bytes) / (last.at - first.at)) * 1000
  }
}

/** The line itself, as much of it as fits: what is known of the whole first, the current path last. */
export function formatProgress(progress: Progress, bytesPerSecond: number, columns: number): string {
  const { phase, current, files, bytes, bytesTotal } = progress
  const parts = [
    phase,
    ...(bytesTotal !== undefined && bytesTotal > 0
      ? [`${Math.floor((100 * Math.min(bytes, bytesTotal)) / bytesTotal)}%`]
      : []),
    bytesTotal === undefined ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(bytesTotal)}`,
    `${formatSize(bytesPerSecond)}/s`,
    ...(bytesTotal !== undefined && bytesPerSecond > 0
      ? [`${formatClock(Math.max(0, bytesTotal - bytes) / bytesPerSecond)} left`]
      : []),
    ...(files > 0 ? [formatFiles(files)] : []),
  ]
  let line = parts[0]!
  for (const part of parts.slice(1)) {
    if (displayWidth(line) + 2 + part.length > columns) return line
    line += `  ${part}`
  }
  const room = columns - displayWidth(line) - 2
  return room < 8 ? line : `${line}  ${truncateMiddle(showControls(current), room)}`
}
