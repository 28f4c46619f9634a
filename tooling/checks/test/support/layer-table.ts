import { readText } from './repository.js'

export interface LayerRow {
  /** The package without its scope: `core`, `bakthat`. */
  readonly name: string
  /** `undefined` for what only tests use. */
  readonly layer: number | undefined
  readonly planned: boolean
  /** `undefined`: anything. */
  readonly mayImport: ReadonlySet<string> | undefined
  /** Those of them whose types alone may be used. */
  readonly typesOnly: ReadonlySet<string>
}

/** The layer table of docs/architecture.md, which is the only place that says who may import whom. */
export function readLayerTable(): readonly LayerRow[] {
  const lines = readText('docs/architecture.md').split('\n')
  const start = lines.findIndex((line) => /^\| layer +\| package +\| may import/.test(line))
  if (start === -1) throw new Error('docs/architecture.md has no table that begins with | layer | package | may import')
  const body = lines.slice(start + 2)
  const end = body.findIndex((line) => !line.startsWith('|'))
  return body.slice(0, end).flatMap(readRow)
}

function readRow(line: string): readonly LayerRow[] {
  const [layer = '', names = '', imports = ''] = line.split('|').slice(1, -1)
  const number = Number.parseInt(layer, 10)
  const shared = {
    layer: Number.isNaN(number) ? undefined : number,
    mayImport: imports.trim() === 'anything' ? undefined : new Set(quoted(imports)),
    typesOnly: new Set(quoted(imports, ' (types only)')),
  }
  return names
    .split(',')
    .flatMap((part) => quoted(part).map((name) => ({ name, planned: part.includes('(planned)'), ...shared })))
}

function quoted(text: string, suffix = ''): readonly string[] {
  return text
    .split(',')
    .filter((part) => part.trimEnd().endsWith(suffix))
    .flatMap((part) => [...part.matchAll(/`([^`]+)`/g)].map((match) => match[1]!))
}
