import { application } from '@bakthat/eslint-config'

export default [
  ...application,
  {
    files: ['templates/**/*.test.ts'],
    rules: {
      '@typescript-eslint/require-await': 'off',
      // Its tests are promises that nobody is meant to wait for.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['describe', 'it'], package: 'node:test' }] },
      ],
    },
  },
]
