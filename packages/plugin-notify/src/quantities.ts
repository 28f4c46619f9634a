/** `1 backup`, `2,000 backups`. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`
}

/** Bytes in powers of 1,000: `999 B`, `12.3 MB`. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let shown = bytes
  // What is rounded up to 1,000 of a unit is one of the next.
  while (shown >= 999.95 && units.length > 1) {
    shown /= 1000
    units.shift()
  }
  return `${shortened(shown)} ${units[0]!}`
}

/** `30 ms`, `2.5 s`, `3 min 7 s`, `2 h 5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${shortened(milliseconds / 1000)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

function shortened(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 1 })
}
