import { readText, repositoryFiles } from './repository.js'

export interface Fence {
  /** The document, relative to the root. */
  readonly document: string
  readonly language: string
  /** The file that the fence says it is, after the language: `ts my-script.ts`. */
  readonly file: string | undefined
  /** The line of the document, counted from 1, on which the code begins. */
  readonly line: number
  readonly code: string
}

/** Every Markdown file of the repository, but the ones that are written for a release. */
export function documents(): readonly string[] {
  return repositoryFiles().filter((path) => path.endsWith('.md') && !path.startsWith('.changeset/'))
}

/** The fenced code of a document. */
export function fences(document: string): readonly Fence[] {
  return [...readText(document).matchAll(/^(```+)([^\n`]*)\n([\s\S]*?)^\1 *$/gm)].map((match) => ({
    document,
    language: match[2]!.trim().split(' ')[0]!,
    file: match[2]!.trim().split(' ')[1],
    line: readText(document).slice(0, match.index).split('\n').length + 1,
    code: match[3]!,
  }))
}

/** A document without its fenced code. */
function unfenced(document: string): string {
  return readText(document).replaceAll(/^(```+)[\s\S]*?^\1 *$/gm, '')
}

/** A document without any code, in which a bracket is a bracket. */
export function prose(document: string): string {
  return unfenced(document).replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()]/g, ' '))
}

/** The anchors that a document's headings give, as GitHub makes them. */
export function anchors(document: string): ReadonlySet<string> {
  const headings = [...unfenced(document).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) => match[1]!)
  return new Set(headings.map((heading) => slug(heading)))
}

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
