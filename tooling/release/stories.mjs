/** Users of single packages: what each installs, what must not come along, and what has to work in their project. */
export const users = [
  {
    name: 'keyvalue',
    title: 'a script with @bakthat/keyvalue alone',
    packages: ['@bakthat/keyvalue'],
    mustNotHave: [
      'yargs',
      'yargs-parser',
      'tar',
      'drizzle-orm',
      '@aws-sdk/client-glacier',
      '@bakthat/glacier',
      '@bakthat/core',
    ],
    steps: [
      ...typeSteps(`import { KeyValue } from '@bakthat/keyvalue'\nexport const kv: KeyValue = new KeyValue()\n`),
      node(
        'is required from CommonJS',
        `process.exit(typeof require('@bakthat/keyvalue').KeyValue === 'function' ? 0 : 1)`,
      ),
    ],
  },
  {
    name: 'plugin',
    title: 'a plugin with @bakthat/plugin-sdk alone',
    packages: ['@bakthat/plugin-sdk'],
    mustNotHave: ['better-sqlite3', '@aws-sdk/client-s3', '@bakthat/core', 'bakthat', 'yaml'],
    steps: [
      ...typeSteps(
        `import { Plugin } from '@bakthat/plugin-sdk'\nexport class Quiet extends Plugin {\n  activate(): void {\n    this.on('before_backup', () => {})\n  }\n}\n`,
      ),
      node(
        'is required from CommonJS',
        `process.exit(typeof require('@bakthat/plugin-sdk').Plugin === 'function' ? 0 : 1)`,
      ),
    ],
  },
]

/** The types resolve, and are true, with each way of finding modules that TypeScript has for ESM. */
function typeSteps(text) {
  return ['nodenext', 'bundler'].map((resolution) => ({
    title: `type-checks with moduleResolution ${resolution}`,
    files: { 'user.ts': text },
    args: [
      '{tsc}',
      '--noEmit',
      '--strict',
      '--target',
      'es2022',
      '--types',
      'node',
      '--typeRoots',
      '{types}',
      '--module',
      resolution === 'bundler' ? 'preserve' : 'nodenext',
      '--moduleResolution',
      resolution,
      'user.ts',
    ],
  }))
}

function node(title, script) {
  return { title, args: ['--input-type=commonjs', '-e', script] }
}
