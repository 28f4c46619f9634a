import tseslint from 'typescript-eslint'

/** The one lint configuration. Rules here are promises of the house, not matters of taste; Prettier has those. */
export default tseslint.config(
  { ignores: ['dist/**', '**/*.js', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-console': 'error',
      'max-depth': ['error', 4],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector: "BinaryExpression[operator='instanceof'][right.name=/Error$/]",
          message: 'recognise errors by brand or code',
        },
        { selector: 'ExportDefaultDeclaration', message: 'named exports only' },
      ],
    },
  },
  { files: ['test/**'], rules: { '@typescript-eslint/no-floating-promises': 'error', 'no-console': 'off' } },
)
