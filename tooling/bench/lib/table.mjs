const mebibyte = 1024 * 1024

/** One line of the verdict: what was measured, against what, and whether it is enough. */
export function verdict(what, value, { atMost, atLeast, unit = '×', detail = '' }) {
  const met = atMost === undefined ? value >= atLeast : value <= atMost
  const digits = unit === '×' ? 2 : 0
  const target = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`
  const sign = unit === '×' ? ' ×' : ` ${unit}`
  return [what, `${value.toFixed(digits)}${sign}`, `${target}${sign}`, met ? 'met' : 'MISSED', detail]
}

/** How fast everybody was, one line for each and for backup and restore. */
export function timeRows(subject, results) {
  return ['backup', 'restore'].flatMap((action) =>
    Object.entries(results).map(([name, result]) => {
      const { wall, fastest, slowest, cpu, memory } = result[action]
      return [
        `${action} of ${subject}`,
        name,
        `${wall.toFixed(2)} s`,
        `${fastest.toFixed(2)}–${slowest.toFixed(2)} s`,
        `${cpu.toFixed(2)} s`,
        `${(memory / mebibyte).toFixed(0)} MiB`,
      ]
    }),
  )
}

/** A table in plain text, its columns as wide as they need to be. */
export function table(headings, rows) {
  const lines = [headings, headings.map((heading) => '-'.repeat(heading.length)), ...rows]
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column].length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
