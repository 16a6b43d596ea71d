/** Who is calling, as far as the transport could prove it. */

export interface Principal {
  /**
   * `local` for the user that runs the process, `token` for a holder of the access token, `peer` for a peer by its key, `page` for a page
   * of this server in a browser, `anonymous` otherwise.
   */
  kind: 'local' | 'token' | 'anonymous' | 'peer' | 'page'
  id: string
}

export const isSamePrincipal = (a: Principal, b: Principal): boolean => a.kind === b.kind && a.id === b.id

/** What a transport saw of the caller. A claim in a message is never evidence. */
export type Evidence =
  | { kind: 'process' } // stdio or CLI: the caller started us or runs in our process
  | { kind: 'owner-socket' } // a socket that only the owning user can open
  | { kind: 'loopback' } // HTTP on a loopback address with no access token configured
  | { kind: 'bearer'; accepted: boolean } // HTTP with an access token configured
  | { kind: 'page'; hasToken: boolean } // a page of this very server in a browser, and whether it showed the access token
  | { kind: 'peer'; peerId: string } // a libp2p stream: the key that the handshake proved
  | { kind: 'submitter'; principal: Principal } // a queued task that runs as who submitted it; made by our own worker and by no transport
