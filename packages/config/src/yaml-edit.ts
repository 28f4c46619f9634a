import { isMap, isScalar, parseDocument, Scalar, type Document } from 'yaml'

/** Values to set, by their keys; `undefined` takes a key out, and a map changes what it names in the map that is there. */
export type Changes = Readonly<Record<string, unknown>>

/**
 * The text of a configuration with changes to one profile, which is made if it is not there. Comments, other profiles and
 * other keys stay. The scalars of the file are taken for nothing but text, so that they are written as they were: `0600`
 * is a number in YAML, and somebody's password.
 */
export function editProfile(text: string, profile: string, changes: Changes): string {
  const document: Document = parseDocument(text, { schema: 'failsafe', uniqueKeys: false, logLevel: 'error' })
  if (!isMap(document.contents)) document.contents = document.createNode({})
  apply(document, [profile], changes)
  return document.toString({ lineWidth: 0, indent: indentOf(text), flowCollectionPadding: true })
}

/**
 * What merge keys undo of changes. A key that was taken out and that one brings in again is given nothing as its value; what a
 * map had only from one, it is given itself, since it takes the other's place.
 */
export function missedBy(changes: Changes, before: Changes, after: Changes): Changes {
  const missed = Object.entries(changes).flatMap(([key, value]): [string, unknown][] => {
    if (value === undefined) return after[key] === undefined ? [] : [[key, '']]
    if (!isChanges(value)) return []
    const [former, latter] = [{ ...(before[key] as object) }, { ...(after[key] as object) }]
    const lost = Object.entries(former).filter(([name]) => !(name in value) && !(name in latter))
    const inMap = { ...Object.fromEntries(lost), ...missedBy(value, former, latter) }
    return Object.keys(inMap).length === 0 ? [] : [[key, inMap]]
  })
  return Object.fromEntries(missed)
}

function apply(document: Document, path: readonly string[], changes: Changes): void {
  if (!isMap(document.getIn(path, true))) document.setIn(path, document.createNode({}))
  for (const [key, value] of Object.entries(changes)) {
    const place = [...path, key]
    if (value === undefined) document.deleteIn(place)
    else if (isChanges(value)) apply(document, place, value)
    else set(document, place, value)
  }
}

/** In the scalar that is there, if one is, since its comment belongs to it. */
function set(document: Document, place: readonly string[], value: unknown): void {
  const [there, wanted] = [document.getIn(place, true), nodeOf(document, value)]
  if (isScalar(there) && isScalar(wanted)) Object.assign(there, { value: wanted.value, type: wanted.type })
  else document.setIn(place, wanted)
}

function isChanges(value: unknown): value is Changes {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nodeOf(document: Document, value: unknown): unknown {
  if (Array.isArray(value)) return document.createNode(value.map((item) => nodeOf(document, item)))
  const scalar = new Scalar(String(value))
  if (typeof value === 'string' && isAmbiguous(value)) scalar.type = 'QUOTE_DOUBLE'
  return scalar
}

/** Whether some reader of YAML would take the plain text for something else than text. */
function isAmbiguous(text: string): boolean {
  return /^(?:|~|null|y|n|yes|no|on|off|true|false|[-+.\d].*)$/i.test(text)
}

/** How far the file indents. */
function indentOf(text: string): number {
  return /^( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2
}
