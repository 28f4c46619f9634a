import tsdoc from 'eslint-plugin-tsdoc'
import tseslint from 'typescript-eslint'

const always = [
  {
    selector: "BinaryExpression[operator='instanceof'][right.name=/Error$/]",
    message: 'Recognise errors by brand or code: instanceof fails across realms and copies of a package.',
  },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
]

/** A clock may be a value or a default (`() => new Date()`, `now?.() ?? new Date()`), but nobody looks at it in passing. */
const clock = 'Take the clock as an option (`now`, `pause`), so that tests need not wait.'
const inPackages = [
  {
    selector:
      ":not(ArrowFunctionExpression, ReturnStatement, LogicalExpression[operator='??']) > NewExpression[callee.name='Date'][arguments.length=0]",
    message: clock,
  },
  { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: clock },
  { selector: 'CallExpression[callee.name=/^set(Timeout|Interval)$/]', message: clock },
]

function configuration(restricted, more = {}) {
  return tseslint.config(
    { ignores: ['dist/**', '.fences/**', '**/*.js', '**/*.mjs', '*.config.ts'] },
    ...tseslint.configs.strictTypeChecked,
    {
      languageOptions: { parserOptions: { projectService: true } },
      plugins: { tsdoc },
      rules: {
        'max-depth': ['error', 4],
        'tsdoc/syntax': 'error',
        '@typescript-eslint/explicit-module-boundary-types': 'error',
        '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
        '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
        '@typescript-eslint/no-non-null-assertion': 'off',
        // There are no enums, and too few classes for what these two cost.
        '@typescript-eslint/no-unsafe-enum-assignment': 'off',
        '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
        '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
        'no-restricted-syntax': ['error', ...always, ...restricted],
        ...more,
      },
    },
    {
      files: ['test/**'],
      rules: {
        'no-restricted-syntax': ['error', ...always],
        'no-console': 'off',
        // A stream of a test is an async generator, whether it has something to wait for or not.
        '@typescript-eslint/require-await': 'off',
      },
    },
  )
}

/** Lint for programs: they own the terminal and the clock. */
export const application = configuration([])

/** Lint for packages. Rules here are promises of the house, not matters of taste; Prettier has those. */
export default configuration(inPackages, { 'no-console': 'error' })
