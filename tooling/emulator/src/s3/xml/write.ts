/** A piece of a document. */
export interface Xml {
  readonly markup: string
}

type Content = string | number | boolean | Date | readonly (Xml | undefined)[]

/** An element; without content there is none. */
export function xml(name: string, content: Content | undefined): Xml | undefined {
  return content === undefined ? undefined : { markup: `<${name}>${markupOf(content)}</${name}>` }
}

/** A whole answer of S3. */
export function xmlDocument(name: string, content: Content): string {
  return `${declaration}<${name} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${markupOf(content)}</${name}>`
}

/** An error of S3 alone has no namespace. */
export function errorDocument(fields: Readonly<Record<string, string>>): string {
  const elements = Object.entries(fields).map(([name, value]) => xml(name, value))
  return declaration + xml('Error', elements)!.markup
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'

function markupOf(content: Content): string {
  if (typeof content === 'string') return escaped(content)
  if (content instanceof Date) return content.toISOString()
  if (typeof content !== 'object') return String(content)
  return content.map((child) => child?.markup ?? '').join('')
}

/** What XML has no form for becomes a numeric reference, as S3 has it: that is why listings can be asked for in URL form. */
function escaped(text: string): string {
  return text.replaceAll(
    /[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f]/g,
    (character) => named[character] ?? `&#x${character.charCodeAt(0).toString(16)};`,
  )
}

const named: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
