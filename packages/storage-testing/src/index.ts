export { memoryBackend, type MemoryBackend, type MemoryBackendOptions } from './fakes/memory-backend.js'
