declare module 'proxy-from-env' {
  /** The address of the proxy that the environment has for requests to `url`; an empty text if none. */
  export function getProxyForUrl(url: string): string
}
