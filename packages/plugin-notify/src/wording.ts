const mostListed = 5
const longestLine = 300
/** Discord takes 2,000 characters, and ntfy 4,096 bytes. */
const longestText = 1000

/** The first few, and how many more there are. */
export function listed<T>(things: readonly T[], line: (thing: T) => string): readonly string[] {
  const more = things.length - mostListed
  return [...things.slice(0, mostListed).map(line), ...(more > 0 ? [`… and ${more} more`] : [])]
}

/** One line each, and not more in all than services take. */
export function lines(texts: readonly string[]): string {
  return shortened(texts.map((text) => oneLine(text, longestLine)).join('\n'), longestText)
}

/** Names and messages hold anything, line breaks too. */
export function oneLine(text: string, most: number): string {
  return shortened(text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), most)
}

function shortened(text: string, most: number): string {
  const characters = Array.from(text)
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`
}
