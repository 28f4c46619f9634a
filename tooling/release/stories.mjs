import { cpSync, existsSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { compareTrees } from '../bootstrap/compare-trees.mjs'
import { fail, root } from '../bootstrap/process.mjs'

/** The kinds of user: what each installs, what must not come along, and what has to work for them. */
export const stories = {
  keyvalue: {
    title: 'a script with @bakthat/keyvalue alone',
    play(user) {
      user.add('@bakthat/keyvalue')
      user.lacks('yargs', 'yargs-parser', 'tar', 'drizzle-orm', '@aws-sdk/client-glacier', ...notOurs)
      user.typeChecks(
        `import { KeyValue } from '@bakthat/keyvalue'\nexport const kv: KeyValue = new KeyValue()\nexport const value: Promise<number | undefined> = kv.getKey<number>('a')\n`,
      )
      user.script('sets a key and gets it, from CommonJS', keepsValue)
    },
  },

  plugin: {
    title: 'a plugin with @bakthat/plugin-sdk alone',
    play(user) {
      user.add('@bakthat/plugin-sdk')
      user.lacks('better-sqlite3', '@aws-sdk/client-s3', 'yaml', 'bakthat', ...notOurs)
      user.typeChecks(
        `import { Plugin } from '@bakthat/plugin-sdk'\nexport class Quiet extends Plugin {\n  activate(): void {\n    this.on('before_backup', () => {})\n  }\n}\n`,
      )
      user.script(
        'is required from CommonJS',
        `process.exit(typeof require('@bakthat/plugin-sdk').Plugin === 'function' ? 0 : 1)`,
      )
    },
  },

  command: {
    title: 'somebody who installs @bakthat/cli globally, writes a plugin and a backend, and takes one of ours',
    play(user) {
      user.addGlobally('@bakthat/cli')
      if (user.manager === 'npm') hasManual(user)
      user.bakthat('sets a profile up', 'configure', '--local-dir', `${user.home}/nas`, '--new-identity', 'key.txt')
      backsUpAndRestores(user, (title, ...words) => user.bakthat(title, ...words), ['--identity', 'key.txt'])
      user.bakthat('verifies what is stored', 'verify', '--identity', 'key.txt')
      for (const [word, ...options] of [['chatty'], ['shelf', '--backend']]) beginsPlugin(user, word, options)
      user.addPlugin('@bakthat/plugin-notify')
      const plugins = ['npm:bakthat-plugin-chatty', 'npm:bakthat-plugin-shelf', 'npm:@bakthat/plugin-notify']
      const notify = { mail: { host: 'localhost', from: 'a@example.org', to: 'b@example.org' } }
      user.file('../.bakthat.yml', JSON.stringify({ default: { plugins, shelf_dir: `${user.home}/blobs`, notify } }))
      const loaded = JSON.parse(user.bakthat('loads all of them', 'plugins', '--json'))
      if (loaded.length !== 3 || loaded.some(({ state }) => state !== 'active')) fail(JSON.stringify(loaded))
      backsUpAndRestores(user, (title, ...words) => user.bakthat(`${title}, on the shelf`, ...words, '-d', 'shelf'))
    },
  },

  once: {
    title: 'somebody who calls @bakthat/cli without installing it',
    play(user) {
      backsUpAndRestores(user, (title, ...words) => user.once(title, '@bakthat/cli', ...words))
    },
  },
}

const notOurs = ['@bakthat/core', '@bakthat/archive', '@bakthat/glacier', '@bakthat/cli']

const keepsValue = `
  const { KeyValue } = require('@bakthat/keyvalue')
  const kv = new KeyValue({ conf: { local_dir: 'values', database: 'catalog.sqlite' } })
  const used = async () => {
    await kv.setKey('limits', { cpu: 4 }, { password: 'correct horse battery staple' })
    const { cpu } = await kv.getKey('limits', { password: 'correct horse battery staple' })
    await kv.close()
    if (cpu !== 4) throw new Error('it is not what was set')
  }
  used()`

/** The main job: a directory is backed up, listed, restored elsewhere, and compared with what it was. */
function backsUpAndRestores(user, bakthat, keys = []) {
  cpSync(join(root, 'docs'), join(user.project, 'docs'), { recursive: true, preserveTimestamps: true })
  bakthat('backs a directory up', 'backup', 'docs', '--prompt', 'no')
  if (!bakthat('shows it', 'show').includes('docs.2')) fail('it is not in the list')
  const again = mkdtempSync(join(user.project, 'again-'))
  bakthat('restores it', 'restore', 'docs', '--to', again, ...keys)
  const { entries, differences } = compareTrees(join(user.project, 'docs'), join(again, 'docs'))
  if (differences.length > 0) fail(differences.join('\n'))
  console.log(`  finds all ${entries} entries of it as they were`)
}

function hasManual(user) {
  for (const page of ['bakthat.1', 'bakthat-backup.1'])
    if (!existsSync(join(user.home, 'global/share/man/man1', page))) fail(`${page} was not installed`)
  console.log('  has the manual')
}

/** A plugin's project is begun, installed, built and tested, and put where Bakthat looks for plugins. */
function beginsPlugin(user, word, options) {
  user.bakthat(`begins ${word}`, 'plugin', 'new', word, ...options)
  user.install(word)
  user.test(word)
  user.addPlugin(join(user.project, word))
}
