import { isCollection, isScalar, Lexer, LineCounter, parseDocument, visit, type Document, type ErrorCode } from 'yaml'
import type { Mistakes } from './mistakes.js'
import type { Node } from './node.js'
import { YamlReader } from './yaml-node.js'

/** What a configuration can need at most. The parser calls itself for each level, and would use up the stack. */
const deepest = 100

/**
 * Parses YAML. Every slip of syntax goes to `mistakes`, in our own words: the parser's would repeat the text. What comes
 * after the first of them is guesswork, of which no more mistakes are taken. `undefined` where there is nothing to check.
 */
export function parseYaml(text: string, mistakes: Mistakes): Node | undefined {
  if (isTooDeep(text)) {
    mistakes.add(1, 'the file', 'is nested too deeply for a configuration')
    return undefined
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  })
  const told = new Set<number>()
  for (const { code, pos } of document.errors) {
    const opened = openers.has(code) ? openedBefore(document, pos[0]) : undefined
    const { line } = lines.linePos(opened ?? pos[0])
    const problem = opened === undefined ? (problems[code] ?? 'is not valid YAML') : notClosed
    if (!told.has(line)) mistakes.add(line, 'the line', problem)
    told.add(line)
  }
  if (told.size > 0) mistakes.ignoreFrom(Math.min(...told))
  const root = new YamlReader(document, lines, mistakes).read(document.contents)
  return root.kind === 'empty' && told.size > 0 ? undefined : root
}

function isTooDeep(text: string): boolean {
  let flow = 0
  let column = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow += 1
    if (token === ']' || token === '}') flow -= 1
    // Each block collection begins further to the right than the one around it.
    if (flow > deepest || ((token === '-' || token === '?') && column > 2 * deepest)) return true
    column = token.endsWith('\n') ? 0 : column + token.length
  }
  return false
}

const problems: Partial<Record<ErrorCode, string>> = {
  BAD_ALIAS: 'has an alias (*) or anchor (&) without a name',
  BAD_DQ_ESCAPE: 'has a backslash in double quotes that begins nothing known: use single quotes',
  BAD_INDENT: 'is not indented as what surrounds it',
  BAD_SCALAR_START: 'has a value that begins with a character (@, % or `) that must stand in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'has a second colon and space, or is indented too far: a value with a colon goes in quotes',
  MISSING_CHAR: 'lacks a closing quote, a bracket, a comma, or a colon and space after the key',
  MULTIPLE_DOCS: 'begins a second document (---), and a configuration is one',
  MULTILINE_IMPLICIT_KEY: 'lacks a colon and space after the key',
  TAB_AS_INDENT: 'is indented with a tab: YAML takes spaces only',
  UNEXPECTED_TOKEN: 'has something that does not belong there: a value with special characters goes in quotes',
}

const openers: ReadonlySet<ErrorCode> = new Set(['BAD_INDENT', 'MISSING_CHAR'])
const notClosed = 'opens a quote or bracket that is not closed, or whose lines are not indented'

/** Where the quote or bracket begins that an error comes from, when the error is noticed only further down. */
function openedBefore(document: Document.Parsed, offset: number): number | undefined {
  let start: number | undefined
  visit(document, {
    Node(_, node) {
      const [from, to = 0] = node.range ?? []
      const isOpener = isCollection(node)
        ? node.flow === true
        : isScalar(node) && node.type?.startsWith('QUOTE') === true
      if (isOpener && from !== undefined && start === undefined && from < offset && offset <= to + 1) start = from
    },
  })
  return start
}
