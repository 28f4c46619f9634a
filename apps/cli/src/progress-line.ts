import type { Progress } from 'bakthat'
import type { Host } from './host.js'
import { formatClock, formatFiles } from './print/quantities.js'
import { displayWidth, showControls, truncateMiddle } from './print/width.js'
import { formatSize } from './size.js'
import type { Telling } from './telling.js'

const silentForMs = 1000
const betweenDrawingsMs = 100
/** Between two lines where nothing can be redrawn: a log is to show that it goes on, and not to grow long. */
const betweenLinesMs = 30_000
const betweenVerboseLinesMs = 1000
const rateWindowMs = 5000
const eraseLine = '\r\x1b[K'

/**
 * Tells on standard error how far a long action is: on a terminal by one line at its bottom, from the second second on;
 * elsewhere, and where `verbose` lines are wanted, by a plain line now and then.
 */
export class ProgressLine {
  readonly #host: Host
  readonly #isShown: boolean
  readonly #isRedrawn: boolean
  readonly #silentForMs: number
  readonly #betweenMs: number
  readonly #startedAt: number
  readonly #rate = new Rate()
  #drawnAt = -Infinity
  #phase: Progress['phase'] | undefined
  #isDrawn = false

  constructor(host: Host, { quiet, verbose }: Pick<Telling, 'quiet' | 'verbose'>) {
    this.#host = host
    this.#isShown = !quiet
    this.#isRedrawn = !verbose && host.stderr.isTTY === true && host.env.TERM !== 'dumb'
    this.#betweenMs = this.#isRedrawn ? betweenDrawingsMs : verbose ? betweenVerboseLinesMs : betweenLinesMs
    this.#silentForMs = Math.max(silentForMs, this.#betweenMs)
    this.#startedAt = host.now()
  }

  /** Tells it again, if it is time to, or what is done now is another thing. */
  update(progress: Progress): void {
    if (!this.#isShown) return
    const now = this.#host.now()
    this.#rate.add(now, progress.bytes)
    const isSoon = now - this.#drawnAt < this.#betweenMs && progress.phase === this.#phase
    if (now - this.#startedAt < this.#silentForMs || isSoon) return
    this.#drawnAt = now
    this.#phase = progress.phase
    this.#isDrawn = this.#isRedrawn
    const columns = this.#isRedrawn ? (this.#host.stderr.columns ?? 80) - 1 : Infinity
    const text = formatProgress(progress, this.#rate.perSecond(), columns)
    this.#host.stderr.write(this.#isRedrawn ? eraseLine + text : `${text}\n`)
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
function formatProgress(progress: Progress, bytesPerSecond: number, columns: number): string {
  const { phase, current, files, bytes, bytesTotal } = progress
  const size = bytesTotal === undefined ? formatSize(bytes) : `${formatSize(bytes)} of ${formatSize(bytesTotal)}`
  // Of trials, say, no bytes are counted.
  const isCounted = bytes > 0 || bytesTotal !== undefined
  const parts = [
    phase,
    ...(bytesTotal !== undefined && bytesTotal > 0
      ? [`${Math.floor((100 * Math.min(bytes, bytesTotal)) / bytesTotal)}%`]
      : []),
    ...(isCounted ? [size, `${formatSize(bytesPerSecond)}/s`] : []),
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
