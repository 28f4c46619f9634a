/** A sample, as a strict reader of the text format understands it. */
export interface ReadSample {
  readonly type: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/**
 * A strict reader of the text format, version 0.0.4: each metric has help, type and one sample, in that order; counters and nothing
 * else end in `_total`; no metric comes twice. Throws for anything else.
 */
export function readExposition(text: string): Record<string, ReadSample> {
  const found: Record<string, ReadSample> = {}
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  const lines = text.slice(0, -1).split('\n')
  for (let at = 0; at < lines.length; at += 3) {
    const [, helped] = /^# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) \S[^\\]*$/.exec(lines[at]!)!
    const [, typed, type] = /^# TYPE (\S+) (counter|gauge)$/.exec(lines[at + 1]!)!
    const [, name, labels = '', value] = sampleLine.exec(lines[at + 2]!)!
    if (helped !== typed || typed !== name) throw new Error(`${helped}, ${typed} and ${name} are together`)
    if (name!.endsWith('_total') !== (type === 'counter')) throw new Error(`${name} is a ${type}`)
    if (name! in found) throw new Error(`${name} comes twice`)
    found[name!] = { type: type!, labels: readLabels(labels), value: Number(value) }
  }
  return found
}

const label = String.raw`[a-zA-Z_]\w*="(?:[^"\\]|\\["\\n])*"`
const sampleLine = new RegExp(String.raw`^(\w+?)(?:\{(${label}(?:,${label})*)\})? (-?\d+(?:\.\d+)?)$`)

function readLabels(written: string): Record<string, string> {
  const pairs = [...written.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [name!, unescaped(value!)])
  return Object.fromEntries(pairs) as Record<string, string>
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
