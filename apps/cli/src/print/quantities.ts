import { formatSize } from '../size.js'

/** A number for people: `12,345`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 file`, `12,345 files`. */
export function formatFiles(count: number): string {
  return count === 1 ? '1 file' : `${formatCount(count)} files`
}

/** A time that something took: `30 ms`, `1.3 s`, `12 s`, `3:07 min`, `1:02:03 h`. */
function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 0.9995) return `${milliseconds.toFixed(0)} ms`
  if (seconds < 59.5) return `${seconds < 9.95 ? seconds.toFixed(1) : seconds.toFixed(0)} s`
  return `${formatClock(seconds)} ${seconds < 3599.5 ? 'min' : 'h'}`
}

/** Minutes and seconds, with hours where there are any: `0:07`, `1:02:03`. */
export function formatClock(seconds: number): string {
  const whole = Math.round(seconds)
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return (parts[0] === 0 ? parts.slice(1) : parts)
    .map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0')))
    .join(':')
}

/** How long it took, and how fast it was, where there was enough to tell. */
export function formatPace(durationMs: number, bytes: number): string {
  const isTelling = durationMs >= 1 && bytes >= 1e6
  return formatDuration(durationMs) + (isTelling ? `, ${formatSize((bytes / durationMs) * 1000)}/s` : '')
}
