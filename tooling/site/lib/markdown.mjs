/** A page of blocks, with what separates them; blocks that are `undefined` are left out. */
export function page(title, blocks) {
  return `${[`# ${title}`, ...blocks.filter((block) => block !== undefined)].join('\n\n')}\n`
}

/** A table with a row for each item; without items there is none. */
export function table(head, items, cellsOf) {
  if (items.length === 0) return undefined
  return [head, head.map(() => '---'), ...items.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function fence(lines) {
  return `\`\`\`sh\n${lines}\n\`\`\``
}

export function code(words) {
  return `\`${words.replaceAll('|', '\\|')}\``
}

/** Text in which no character is Markdown, HTML or a template. */
export function text(words) {
  return words.replaceAll(/[\\`*_{}[\]<>|#~$]/g, (character) => `&#${character.codePointAt(0)};`)
}
