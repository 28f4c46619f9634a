/**
 * A stream of bytes, read once. Each chunk belongs to the reader from the moment it is handed over; a writer never
 * touches it again. Stopping early (`break`, `return`) releases what the source holds.
 */
export type Bytes = AsyncIterable<Uint8Array>
