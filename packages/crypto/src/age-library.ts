/** What is used of the library, in a module of its own that is loaded with the first key: without all the rest, at once. */
export {
  Decrypter,
  Encrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
  Stanza,
} from 'age-encryption'
