import { pad } from './width.js'

/** A title, and under it a line for each label. */
export function details(title: string, lines: readonly (readonly [label: string, text: string])[]): string {
  const widest = Math.max(...lines.map(([label]) => label.length))
  return [title, ...lines.map(([label, text]) => `  ${pad(label, widest)}  ${text}`), ''].join('\n')
}
