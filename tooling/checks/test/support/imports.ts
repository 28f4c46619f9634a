import ts from 'typescript'
import { readText } from './repository.js'

export interface Import {
  readonly file: string
  readonly specifier: string
  /** The package that the specifier names: `drizzle-orm` for `drizzle-orm/better-sqlite3`. */
  readonly package: string
  readonly typeOnly: boolean
}

/** What a file takes from other packages; Node's own modules and the package's own files are left out. */
export function packageImports(file: string): readonly Import[] {
  const source = ts.createSourceFile(file, readText(file), ts.ScriptTarget.Latest, false)
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node)
    if (specifier !== undefined && !/^(node:|\.|#)/.test(specifier)) {
      found.push({ file, specifier, package: packageOf(specifier), typeOnly: isTypeOnly(node) })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

function specifierOf(node: ts.Node): string | undefined {
  const literal =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)
        ? node.argument.literal
        : isLoadingCall(node)
          ? node.arguments[0]
          : undefined
  return literal !== undefined && ts.isStringLiteral(literal) ? literal.text : undefined
}

/** `import('…')`, `require('…')`, and `resolve('…')` of either. */
function isLoadingCall(node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false
  const callee = node.expression
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
}

function isTypeOnly(node: ts.Node): boolean {
  if (ts.isImportTypeNode(node)) return true
  if (ts.isExportDeclaration(node)) return node.isTypeOnly
  return ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
}

function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
