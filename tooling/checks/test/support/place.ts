import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { startGlacier } from '@bakthat/emulator/glacier'
import { startS3 } from '@bakthat/emulator/s3'
import { parse } from 'yaml'
import { libraries, root } from './repository.js'
import { privateEnvironment, run } from './run.js'

const region = 'eu-west-1'
const credential = { accessKeyId: 'YOURACCESSKEY', secretAccessKey: 'YOURSECRETKEY' }

/** No MySQL: it takes what the page's script passes, the password from the environment, and writes a line of SQL. */
const mysqldump = `#!/bin/sh
[ "$*" = '--user root --all-databases' ] && [ "$MYSQL_PWD" = mypassword ] && echo 'CREATE DATABASE shop;'
`

/**
 * The home of a reader who did what installation says: `bakthat` is a command, the libraries can be imported, and the bucket
 * `yours3bucket` and the vault `yourvault` exist, in servers of this process that take the page's placeholders as keys.
 */
export class Place {
  readonly #home: string
  readonly #env: NodeJS.ProcessEnv
  #profile: object = {}

  private constructor(home: string, env: NodeJS.ProcessEnv) {
    this.#home = home
    this.#env = { ...privateEnvironment(home), ...env, PATH: `${join(home, 'bin')}${delimiter}${process.env.PATH}` }
    this.write('package.json', '{ "type": "module" }')
    this.write('bin/mysqldump', mysqldump, 0o755)
    link(process.execPath, join(home, 'bin/node'))
    link(join(root, 'apps/cli/bin/bakthat.js'), join(home, 'bin/bakthat'))
    for (const { name, path } of libraries) link(path, join(home, 'node_modules', name))
  }

  /** In an empty directory, for as long as `use` takes. */
  static async open<T>(home: string, use: (place: Place) => Promise<T>): Promise<T> {
    await using s3 = await startS3({ region, credentials: [credential], buckets: ['yours3bucket'] })
    await using glacier = await startGlacier({ region, credentials: [credential] })
    glacier.vault('yourvault')
    return await use(new Place(home, { AWS_ENDPOINT_URL_S3: s3.endpoint, AWS_ENDPOINT_URL_GLACIER: glacier.endpoint }))
  }

  /** Puts a file there, by its path from the home, which may begin with `~/`. */
  write(path: string, content: string, mode = 0o600): void {
    const file = join(this.#home, path.replace(/^~\//, ''))
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileSync(file, content, { mode })
  }

  /** Lets the profile say what this one says, and else what it did. */
  configure(yaml: string): void {
    this.#profile = { ...this.#profile, ...(parse(yaml) as { default: object }).default }
    this.write('.bakthat.yml', JSON.stringify({ default: this.#profile }))
  }

  /** What a command of the shell shows, and its exit status unless that is 0. */
  async run(command: string): Promise<string> {
    const where = { cwd: this.#home, env: this.#env, seconds: 120 }
    const { status, stdout } = await run('sh', ['-c', `exec 2>&1; ${command}`], where)
    return status === 0 ? stdout : `${stdout}[${status}]\n`
  }

  runScript(name: string, code: string): Promise<string> {
    this.write(name, code)
    return this.run(`node ${name}`)
  }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}
