import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { has, run, runAsServer, Server, serverDirectory } from './server.js'

export const hasPostgresql = has('initdb', 'postgres', 'psql', 'pg_dump', 'pg_restore')

/** A PostgreSQL server on a socket, which asks everybody for a password. */
export class Postgresql implements AsyncDisposable {
  /** What clients need to reach it as its owner. */
  readonly env: { readonly PGHOST: string; readonly PGUSER: string; readonly PGPASSWORD: string }
  readonly #server: Server

  private constructor(server: Server, password: string) {
    this.#server = server
    this.env = { PGHOST: server.directory, PGUSER: 'owner', PGPASSWORD: password }
  }

  static async start(): Promise<Postgresql> {
    const directory = await serverDirectory()
    const data = join(directory, 'data')
    const [password, passwordFile] = [randomUUID(), join(directory, 'password')]
    await writeFile(passwordFile, password, { mode: 0o644 })
    const secrets = ['--username=owner', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
    await runAsServer(
      'initdb',
      [`--pgdata=${data}`, '--encoding=UTF8', '--no-locale', '--no-sync', ...secrets],
      directory,
    )
    const places = ['-D', data, '-k', directory, '-c', 'listen_addresses=', '-c', 'fsync=off']
    return new Postgresql(await Server.start(directory, 'postgres', places, /ready to accept connections/), password)
  }

  /** Runs statements as the owner; gives rows as lines. */
  sql(statements: string, database = 'postgres'): Promise<string> {
    const options = ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--set=ON_ERROR_STOP=1']
    return run('psql', [...options, `--dbname=${database}`], { input: statements, env: this.env })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]()
  }
}
