import { join } from 'node:path'
import { has, run, runAsServer, Server, serverDirectory } from './server.js'

export const hasMariadb = has('mariadbd', 'mariadb', 'mariadb-dump')

/** A MariaDB server on a socket, whose root has no password. */
export class Mariadb implements AsyncDisposable {
  readonly socket: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.socket = socketIn(server.directory)
  }

  static async start(): Promise<Mariadb> {
    const directory = await serverDirectory()
    const options = [
      '--no-defaults',
      `--datadir=${join(directory, 'data')}`,
      '--innodb-log-file-size=4M',
      '--innodb-flush-method=nosync',
    ]
    const roots = '--auth-root-authentication-method=normal'
    await runAsServer('mariadb-install-db', [...options, roots, '--skip-test-db'], directory)
    const places = [`--socket=${socketIn(directory)}`, `--pid-file=${join(directory, 'pid')}`, '--skip-networking']
    return new Mariadb(await Server.start(directory, 'mariadbd', [...options, ...places], /ready for connections/))
  }

  /** Runs statements as root; gives rows as lines. */
  sql(statements: string, database = 'mysql'): Promise<string> {
    const options = ['--no-defaults', `--socket=${this.socket}`, '--user=root', '--default-character-set=utf8mb4']
    return run('mariadb', [...options, '--batch', '--skip-column-names', database], { input: statements })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]()
  }
}

function socketIn(directory: string): string {
  return join(directory, 'socket')
}
