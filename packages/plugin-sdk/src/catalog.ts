import type { BackupData } from '@bakthat/events'

/** Every condition given must hold. */
export interface CatalogQuery {
  /** The exact name. */
  readonly filename?: string
  readonly storedFilename?: string
  readonly backend?: string
  readonly container?: string
  /** All of these tags. */
  readonly tags?: readonly string[]
  /** A part of the name or of the stored name. */
  readonly text?: string
  /** Only the newest so many. */
  readonly limit?: number
}

/** What a column may hold; whole numbers beyond what a number holds exactly are `bigint`, blobs bytes. */
export type SqlValue = string | number | bigint | Uint8Array | null

/** Complete backups, as plain data. */
export interface CatalogReader {
  /** Oldest first. */
  find(query?: CatalogQuery): readonly BackupData[]
  newest(query?: CatalogQuery): BackupData | undefined
  /**
   * The rows of one SQL statement, which may only read: `INVALID_INPUT` for any other. `?` stands for the parameters in turn.
   * docs/catalog.md has the tables.
   */
  query(sql: string, parameters?: readonly SqlValue[]): readonly { readonly [column: string]: SqlValue }[]
}

/**
 * The methods that plugins give the catalog. A plugin declares its own:
 *
 * @example
 * ```ts
 * declare module '@bakthat/plugin-sdk' {
 *   interface CatalogMethods {
 *     totalSize(): number
 *   }
 * }
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- for plugins to augment
export interface CatalogMethods {}

/**
 * Makes the methods of one plugin, for the catalog given. Called with an empty one first, for their names, and then once whenever somebody
 * asks for the catalog: what is to outlive that is kept by the plugin.
 */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- not once a plugin has augmented it
export type MakeCatalogMethods = (catalog: CatalogReader) => Partial<CatalogMethods>

/** The catalog, with all that plugins gave it. */
export type Catalog = CatalogReader & CatalogMethods
