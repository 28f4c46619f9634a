/** As Node takes them for `import`: https://nodejs.org/api/packages.html#conditional-exports. */
const conditions: readonly string[] = ['node', 'import', 'default']

/**
 * The file that importing a package by its name means, by the `exports` of its manifest, relative to the package; `undefined` where they
 * name none. Node itself finds it only for who imports from where the package is installed, which a plugin's host does not.
 */
export function packageEntry(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return undefined
  if (Array.isArray(exports)) return firstEntry(exports)
  if ('.' in exports) return packageEntry(exports['.'])
  const targets = Object.entries(exports as Readonly<Record<string, unknown>>)
  return firstEntry(targets.filter(([condition]) => conditions.includes(condition)).map(([, target]) => target))
}

function firstEntry(targets: readonly unknown[]): string | undefined {
  return targets.map(packageEntry).find((entry) => entry !== undefined)
}
