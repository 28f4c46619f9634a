/** The values of maps in maps, each with the keys that lead to it: `rotation.days`, and through a list of maps `notify.slack[0].url`. */
export function flatten(value: object, label = ''): readonly (readonly [label: string, value: unknown])[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = Array.isArray(value) ? `${label}[${key}]` : inMap(label, key)
    return holdsMaps(inner) ? flatten(inner, path) : [[path, inner] as const]
  })
}

/** What a key of a map is called, by what the map is called. */
export function inMap(label: string, key: string): string {
  return label === '' ? key : `${label}.${key}`
}

function holdsMaps(value: unknown): value is object {
  if (Array.isArray(value)) return value.some(holdsMaps)
  return typeof value === 'object' && value !== null
}
