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
  {
    name: 'author',
    title: 'the author of a plugin and a backend, with @bakthat/cli',
    packages: ['@bakthat/cli'],
    mustNotHave: ['jest', 'eslint', 'typescript'],
    steps: [
      ...project('chatty'),
      ...project('shelf', '--backend'),
      bakthat('loads both', ['plugins'], {
        '.bakthat.yml':
          'default:\n  plugins: [npm:bakthat-plugin-chatty, npm:bakthat-plugin-shelf]\n  shelf_dir: {project}/blobs\n',
        'dump.sql': 'select 1',
      }),
      bakthat('backs up to the backend', ['backup', 'dump.sql', '-d', 'shelf', '--prompt', 'no']),
      bakthat('restores from it', ['restore', 'dump.sql', '-d', 'shelf', '--to', 'again']),
      node('has it again', `process.exit(require('fs').readFileSync('again/dump.sql', 'utf8') === 'select 1' ? 0 : 1)`),
    ],
  },
]

/** A plugin's project is begun, installed, built and tested, and put where Bakthat looks for plugins. */
function project(word, ...options) {
  return [
    bakthat(`begins ${word}`, ['plugin', 'new', word, ...options]),
    { title: `installs what ${word} needs`, install: word },
    { title: `builds ${word}, and its tests pass`, script: 'test', folder: word },
    { title: `puts ${word} where plugins are`, link: word, into: '.bakthat_plugins' },
  ]
}

function bakthat(title, words, files) {
  return { title, files, args: ['node_modules/@bakthat/cli/bin/bakthat.js', ...words] }
}

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
