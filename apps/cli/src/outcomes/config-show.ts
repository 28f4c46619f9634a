import { maskedSecret, type ExplainedSetting, type SettingSource } from '@bakthat/config'
import type { Environment } from '../host.js'
import { answer, type Outcome } from '../outcome.js'
import type { Style } from '../print/style.js'
import { displayWidth, pad, showControls } from '../print/width.js'

/** What is in force, and where each value comes from. */
export function configOutcome(settings: readonly ExplainedSetting[], env: Environment): Outcome {
  const all = [...settings, ...fromEnvironment(env)]
  return {
    document: () => all,
    text: (style, columns) => answer(formatSettings(all, style, columns)),
  }
}

/** What the command itself takes from there. */
function fromEnvironment({ BAKTHAT_PASSWORD }: Environment): readonly ExplainedSetting[] {
  if (BAKTHAT_PASSWORD === undefined) return []
  return [{ key: 'password', value: maskedSecret, source: { kind: 'environment', variable: 'BAKTHAT_PASSWORD' } }]
}

function formatSettings(settings: readonly ExplainedSetting[], style: Style, columns = Infinity): string {
  const rows = settings.map(({ key, value, source }) => [key, textOf(value), sourceOf(source)] as const)
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => displayWidth(row[column]!))))
  const line = ([key, value, source]: (typeof rows)[number]): string =>
    `${pad(key, widths[0]!)}  ${pad(value, widths[1]!)}  ${style.dim(source)}\n`
  const isWide = rows.every(([, , source]) => widths[0]! + widths[1]! + displayWidth(source) + 4 <= columns)
  if (isWide) return rows.map(line).join('')
  return rows.map(([key, value, source]) => `${style.bold(key)}: ${value}\n  ${style.dim(source)}\n`).join('')
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return showControls(typeof value === 'string' ? value : JSON.stringify(value))
}

function sourceOf(source: SettingSource): string {
  switch (source.kind) {
    case 'file':
      return showControls(`${source.path}${source.line === undefined ? '' : `:${source.line}`} (${source.profile})`)
    case 'environment':
      return source.variable
    case 'conf':
      return 'given'
    case 'default':
      return 'default'
  }
}
